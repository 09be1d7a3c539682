// The limit that the runtimes are compared with: the least that a single-threaded server on epoll can do.
//
//   epoll hello PORT   answers each HTTP/1.1 head with the same 5-byte response that the runtimes give
//   epoll echo PORT    sends back what it reads
//
// Pipelined heads are answered one by one; a head that arrives in pieces is not supported, because the load never
// sends one. Partial writes end the connection: the load reads all that it is sent.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_MAX = 1024, READ_BYTES = 64 * 1024, REPLIES_MAX = 256, BACKLOG = 4096 };

static char in[READ_BYTES];
static char out[REPLIES_MAX * 256];
static char reply[256];
static int reply_length;
static time_t reply_second;

// The head carries a date as the runtimes' does, made once a second.
static void make_reply(void) {
  time_t now = time(NULL);
  if (now == reply_second) return;
  reply_second = now;
  char date[64];
  struct tm parts;
  strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &parts));
  reply_length = snprintf(reply, sizeof reply,
                          "HTTP/1.1 200 OK\r\nDate: %s\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n"
                          "Content-Length: 5\r\n\r\nhello", date);
}

static int heads_in(const char *bytes, int length) {
  int heads = 0;
  const char *end = bytes + length;
  for (const char *at = bytes; (at = memmem(at, end - at, "\r\n\r\n", 4)) != NULL; at += 4) heads++;
  return heads < REPLIES_MAX ? heads : REPLIES_MAX;
}

static int serve(int fd, int echo) {
  int length = (int)read(fd, in, sizeof in);
  if (length < 0) return errno == EAGAIN;
  if (length == 0) return 0;
  if (echo) return send(fd, in, length, MSG_NOSIGNAL) == length;
  int total = 0;
  for (int heads = heads_in(in, length); heads > 0; heads--) {
    memcpy(out + total, reply, reply_length);
    total += reply_length;
  }
  return total == 0 || send(fd, out, total, MSG_NOSIGNAL) == total;
}

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "usage: epoll hello|echo PORT\n"), 2;
  int echo = strcmp(argv[1], "echo") == 0, on = 1;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2])),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, BACKLOG) != 0)
    return perror("listen"), 1;
  int poll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[EVENTS_MAX];
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  puts("listening");
  fflush(stdout);
  for (;;) {
    int count = epoll_wait(poll, events, EVENTS_MAX, -1);
    make_reply();
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd != listener) {
        if (!serve(fd, echo)) close(fd);
        continue;
      }
      while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        event.events = EPOLLIN | EPOLLET;
        event.data.fd = fd;
        epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
      }
    }
  }
}
