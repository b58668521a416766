#!/usr/bin/python3
"""A sample of what `make labels` does with 1,000 labels of each size."""
import os
import sys

LABELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../label/labels.py')

os.execv(sys.executable, [sys.executable, LABELS, '--count', '7'])
