// A large array of floats is sorted without a comparator of ours.
const { port1, port2 } = new MessageChannel();
const numbers = Float64Array.from({ length: 6_000_000 }, (_, i) => (i * 7919) % 1_000_003);
port2.on('message', () => {
  numbers.sort(); // GUILTY
  port2.close();
});
setTimeout(() => port1.postMessage('sort'), 30);
