"""CORE. What is told to whom: one function per letter, from facts to frozen bytes; pure."""
