"""MAIN. Builds every part; owns the threads, ticks, signals and the clock."""
