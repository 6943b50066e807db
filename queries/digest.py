"""The digest that tells texts from others: small, and the same in every process."""

from __future__ import annotations

__all__ = ["blake2b"]

try:
    # What hashlib hands on; to do so it loads all of OpenSSL: 3 ms and 3.6 MB for each process.
    from _blake2 import blake2b
except ImportError:  # an interpreter that has it elsewhere
    from hashlib import blake2b
