// Plain functions: breakpoints, steps, values.
function add(a, b) {
  const sum = a + b; // @sum
  return sum; // @return
}

class Point {
  #secret = 7;
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }
  get length() {
    return Math.hypot(this.x, this.y);
  }
}

const list = Array.from({ length: 250 }, (_, index) => index * 2);
const point = new Point(3, 4);
for (let i = 0; i < 6; i++) {
  add(i, 10); // @call
}
console.log('the point is', point); // @print
