"""How fast mlp_core is beside scikit-learn, PyTorch, JAX, textbook numpy and the BLAS limit: `make bench`.

In reading order: problem (what is trained), contenders/ (who trains it), harness (how it is checked and timed),
workloads/ (the comparisons), targets (what is demanded), report (tables and plot), machine (one core, and which).
"""
