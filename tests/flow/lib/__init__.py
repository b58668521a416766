"""What flow tests, the crash harness and the demo share: the programs, real servers on loopback, the bank, invented orders."""
import os
import sys

sys.path.insert(1, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))  # tests/: the bank
