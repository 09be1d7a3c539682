// A regular expression that backtracks without end.
setTimeout(function match() {
  /^(a+)+$/.test('a'.repeat(25) + '!'); // GUILTY
}, 5);
