"""The program under faults: slower tests, run by ``make test-faults``."""
