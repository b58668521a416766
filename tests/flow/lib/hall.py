"""The online hall: HTTP over the Unix socket."""
import http.client
import json
import socket


class _Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__('localhost', timeout=30)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(self._path)


def call(instance, method, path, body=None):
    """(status, answer): the answer as JSON where it is JSON, else text."""
    connection = _Connection(instance.path('run', 'hall.sock'))
    data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    connection.request(method, path, data, {'Content-Type': 'application/json'} if data else {})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    try:
        return answer.status, json.loads(text)
    except ValueError:
        return answer.status, text
