"""Runs moto's server on 127.0.0.1 at the port that is its argument, until standard input closes."""

import os
import sys
import threading

from moto.server import main


def _end_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=_end_with_parent, daemon=True).start()
main(["-H", "127.0.0.1", "-p", sys.argv[1]])
