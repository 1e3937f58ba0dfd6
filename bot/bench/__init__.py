"""Speed, measured against honest yardsticks: each side in a process of its own, in turns, on real Redis."""
