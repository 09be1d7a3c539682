// A package below another one, which is slow.
module.exports = function digest(text) {
  const end = Date.now() + 200;
  let sum = 0;
  while (Date.now() < end) for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) | 0; // GUILTY
  return sum;
};
