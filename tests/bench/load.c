// The load: a closed loop of connections, each with one message under way, for a bounded time.
//
//   load hello|echo|ws PORT CONNECTIONS SECONDS [BYTES]   prints {"perSecond":…,"p50Us":…,"p99Us":…,"messages":…}, where
//                                                         "messages" counts the warm-up too
//   load idle PORT CONNECTIONS                            one hello on each connection, prints "open", holds them until
//                                                         its standard input ends
//
// It counts whole answers only. The first half second warms the server up and isn't counted.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_MAX = 1024, MESSAGE_MAX = 64 * 1024, LATENCY_US_MAX = 1 << 20, LOOPBACK_ADDRESSES = 64 };

enum mode { HELLO, ECHO, WS, IDLE };

struct connection {
  int fd;
  int upgraded;     // ws: the handshake is over
  int missing;      // bytes of the answer that have not come
  int matched;      // of the blank line, while a head is read
  uint64_t sent_us;
};

static const double WARM_UP_SECONDS = 0.5;
static const char HELLO_REQUEST[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
static const int HELLO_BODY_BYTES = 5;
static const char UPGRADE[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

static char message[MESSAGE_MAX];
static int message_bytes;
static int answer_bytes;
static char in[1 << 18];
static uint32_t latencies[LATENCY_US_MAX];
static uint64_t counted, total;
static uint64_t now, warm_until, stop_at;

static uint64_t clock_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int connect_to(int port, int index) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  // Several loopback addresses, so that ports do not run out.
  struct sockaddr_in local = {.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK + index % LOOPBACK_ADDRESSES)};
  if (bind(fd, (struct sockaddr *)&local, sizeof local) != 0) fail("bind");
  struct sockaddr_in remote = {.sin_family = AF_INET, .sin_port = htons(port),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (struct sockaddr *)&remote, sizeof remote) != 0) fail("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

static void write_all(int fd, const char *bytes, int length) {
  if (send(fd, bytes, length, MSG_NOSIGNAL) != length) fail("send");
}

static void make_message(enum mode mode, int bytes) {
  if (mode == HELLO) {
    message_bytes = sizeof HELLO_REQUEST - 1;
    memcpy(message, HELLO_REQUEST, message_bytes);
  } else if (mode == ECHO) {
    message_bytes = answer_bytes = bytes;
    memset(message, 'x', bytes);
  } else if (mode == WS) {
    // One masked binary frame, with a mask of zeros; the answer is the same frame unmasked.
    int head = bytes < 126 ? 2 : 4;
    message[0] = (char)0x82;
    message[1] = (char)(0x80 | (bytes < 126 ? bytes : 126));
    if (head == 4) message[2] = (char)(bytes >> 8), message[3] = (char)bytes;
    memset(message + head + 4, 'x', bytes);
    message_bytes = head + 4 + bytes;
    answer_bytes = head + bytes;
  }
}

static void send_message(struct connection *c, enum mode mode) {
  c->sent_us = now;
  c->matched = 0;
  c->missing = mode == HELLO ? -1 : answer_bytes;
  write_all(c->fd, message, message_bytes);
}

static void count(struct connection *c) {
  total++;
  if (now < warm_until || now >= stop_at) return;
  uint64_t us = now - c->sent_us;
  latencies[us < LATENCY_US_MAX ? us : LATENCY_US_MAX - 1]++;
  counted++;
}

// Reads to the end of a head; returns how many bytes it took.
static int skip_head(struct connection *c, const char *bytes, int length) {
  for (int i = 0; i < length; i++) {
    if (bytes[i] == (c->matched % 2 ? '\n' : '\r')) c->matched++;
    else c->matched = bytes[i] == '\r';
    if (c->matched == 4) return i + 1;
  }
  return length;
}

static void take(struct connection *c, enum mode mode, const char *bytes, int length) {
  while (length > 0) {
    if ((mode == HELLO && c->missing < 0) || (mode == WS && !c->upgraded)) {
      int used = skip_head(c, bytes, length);
      bytes += used;
      length -= used;
      if (c->matched < 4) return;
      if (mode == HELLO) {
        c->missing = HELLO_BODY_BYTES;
      } else {
        c->upgraded = 1;
        send_message(c, mode);
      }
      continue;
    }
    int used = length < c->missing ? length : c->missing;
    c->missing -= used;
    bytes += used;
    length -= used;
    if (c->missing == 0) {
      count(c);
      if (now < stop_at) send_message(c, mode);
    }
  }
}

static int at_share(double share) {
  uint64_t target = (uint64_t)(counted * share), seen = 0;
  for (int us = 0; us < LATENCY_US_MAX; us++)
    if ((seen += latencies[us]) > target) return us;
  return LATENCY_US_MAX;
}

static void run(enum mode mode, int port, int connections, double seconds) {
  struct connection *all = calloc(connections, sizeof *all);
  int poll = epoll_create1(0);
  for (int i = 0; i < connections; i++) {
    all[i].fd = connect_to(port, i);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
    epoll_ctl(poll, EPOLL_CTL_ADD, all[i].fd, &event);
  }
  now = clock_us();
  warm_until = now + (uint64_t)(WARM_UP_SECONDS * 1e6);
  stop_at = warm_until + (uint64_t)(seconds * 1e6);
  for (int i = 0; i < connections; i++) {
    if (mode == WS) write_all(all[i].fd, UPGRADE, sizeof UPGRADE - 1);
    else send_message(&all[i], mode);
  }
  struct epoll_event events[EVENTS_MAX];
  while (now < stop_at) {
    int ready = epoll_wait(poll, events, EVENTS_MAX, 100);
    now = clock_us();
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      int length = (int)read(c->fd, in, sizeof in);
      if (length <= 0) {
        fprintf(stderr, "the server closed a connection\n");
        exit(1);
      }
      take(c, mode, in, length);
    }
  }
  printf("{\"perSecond\":%.0f,\"p50Us\":%d,\"p99Us\":%d,\"messages\":%lu}\n", counted / seconds, at_share(0.5),
         at_share(0.99), (unsigned long)total);
}

static void hold(int port, int connections) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  for (int i = 0; i < connections; i++) {
    struct connection c = {.fd = connect_to(port, i), .missing = -1};
    write_all(c.fd, HELLO_REQUEST, sizeof HELLO_REQUEST - 1);
    for (int got = 0, head = 1; head || got < HELLO_BODY_BYTES;) {
      int length = (int)read(c.fd, in, sizeof in);
      if (length <= 0) fail("read");
      int used = head ? skip_head(&c, in, length) : 0;
      if (head && c.matched == 4) head = 0;
      if (!head) got += length - used;
    }
  }
  puts("open");
  fflush(stdout);
  while (getchar() != EOF) {}
}

int main(int argc, char **argv) {
  if (argc < 4) return fprintf(stderr, "usage: load hello|echo|ws|idle PORT CONNECTIONS [SECONDS [BYTES]]\n"), 2;
  const char *names[] = {"hello", "echo", "ws", "idle"};
  enum mode mode = HELLO;
  for (int i = 0; i < 4; i++)
    if (strcmp(argv[1], names[i]) == 0) mode = i;
  int bytes = argc > 5 ? atoi(argv[5]) : 64;
  if (bytes < 1 || bytes > MESSAGE_MAX - 16) return fprintf(stderr, "BYTES must fit %d\n", MESSAGE_MAX - 16), 2;
  make_message(mode, bytes);
  if (mode == IDLE) hold(atoi(argv[2]), atoi(argv[3]));
  else run(mode, atoi(argv[2]), atoi(argv[3]), argc > 4 ? atof(argv[4]) : 3);
  return 0;
}
