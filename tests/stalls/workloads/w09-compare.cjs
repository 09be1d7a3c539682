// A comparator is called for a large array.
const { port1, port2 } = new MessageChannel();
const numbers = Array.from({ length: 700_000 }, (_, i) => (i * 7919) % 1_000_003);
port2.on('message', () => {
  numbers.sort(function compare(a, b) {
    return a - b; // GUILTY
  });
  port2.close();
});
setTimeout(() => port1.postMessage('sort'), 30);
