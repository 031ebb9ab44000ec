"""Whole programs, one for each library: from its import to the end of 10,000 steps on XOR, or to a picture of the loss.

Each is a user's script in the library's default precision, with its own first weights, from a seed that learns XOR.
"""
