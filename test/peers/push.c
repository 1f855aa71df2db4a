// A driver written with libnng: push.c URL COUNT TAG_BYTES: sends COUNT TagUpdates with seq 1 … COUNT.
#include <nng/nng.h>
#include <nng/protocol/pipeline0/push.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t put_varint(unsigned char *to, unsigned long value) {
  size_t n = 0;
  while (value >= 128) {
    to[n++] = (unsigned char)(value | 128);
    value >>= 7;
  }
  to[n++] = (unsigned char)value;
  return n;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  unsigned long count = strtoul(argv[2], NULL, 10);
  nng_socket socket;
  if (nng_push0_open(&socket) != 0) return 3;
  nng_socket_set_int(socket, NNG_OPT_SENDBUF, 1024);
  if (nng_dial(socket, argv[1], NULL, 0) != 0) return 4;
  const char *tag = "line1/cell01/temp";
  for (unsigned long i = 1; i <= count; i++) {
    unsigned char message[64];
    size_t n = 0;
    message[n++] = 0x0a;
    message[n++] = (unsigned char)strlen(tag);
    memcpy(message + n, tag, strlen(tag));
    n += strlen(tag);
    message[n++] = 0x28;
    n += put_varint(message + n, i);
    double value = (double)i;
    message[n++] = 0x71;
    memcpy(message + n, &value, 8);
    n += 8;
    if (nng_send(socket, message, n, 0) != 0) return 5;
  }
  nng_msleep(500); // what is buffered goes out before the socket closes
  nng_close(socket);
  return 0;
}
