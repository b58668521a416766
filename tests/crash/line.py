"""A line to the bank's server that can fail in every way a line can. One fault at a time, for the next connection only.

  refuse       nobody listens: the connection ends before a byte
  hang         the connection stands, and nothing moves
  cut          after `at` bytes from one side it is reset: asked (side 0: what we sent is not all read) or answered (side 1: it was done,
               and we do not hear of it)
  stall        as cut, but the connection stays open and silent
  garble       one byte of the answer is another
  drip         `at` bytes arrive one by one"""
import select
import socket
import struct
import threading
import time

FAULTS = ('refuse', 'hang', 'cut', 'stall', 'garble', 'drip')


class Line:
    def __init__(self, port):
        self.bank, self.fault, self.side, self.at = port, None, 0, 0
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def fail(self, fault, side=0, at=0):
        self.fault, self.side, self.at = fault, side, at

    def _accept(self):
        while True:
            try:
                ours = self.listener.accept()[0]
            except OSError:
                return
            fault, self.fault = self.fault, None
            threading.Thread(target=self._serve, args=(ours, fault, self.side, self.at), daemon=True).start()

    def _serve(self, ours, fault, side, at):
        try:
            if fault == 'refuse':
                return
            if fault == 'hang':
                ours.recv(1, socket.MSG_PEEK)
                while ours.recv(4096):
                    pass
                return
            with socket.create_connection(('127.0.0.1', self.bank)) as bank:
                self._carry((ours, bank), fault, side, at)
        except OSError:
            pass
        finally:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))  # a reset, not an end
            ours.close()

    def _carry(self, ends, fault, side, left):
        silent = False
        while True:
            for source in select.select(ends, [], [])[0]:
                data, here = source.recv(4096), ends.index(source)
                if not data:
                    return
                if fault and here == side:
                    data, left, silent = self._hurt(fault, data, left, silent)
                if silent and fault == 'cut':
                    ends[1 - here].sendall(data)
                    return
                ends[1 - here].sendall(data)

    def _hurt(self, fault, data, left, silent):
        """What is left of the data, of the good bytes, and whether the line is dead."""
        if fault in ('cut', 'stall'):
            return data[:left], max(0, left - len(data)), silent or len(data) >= left
        if fault == 'garble' and 0 <= left < len(data):
            return data[:left] + bytes([data[left] ^ 0x5a]) + data[left + 1:], -1, silent
        if fault == 'drip' and left > 0:
            time.sleep(min(left, len(data)) / 2000)
        return data, left - len(data) if left >= 0 else left, silent

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)  # wakes who waits there
        self.listener.close()
