// Control: nothing to blame.
let left = 20;
const timer = setInterval(() => { if (--left === 0) clearInterval(timer); }, 5);
