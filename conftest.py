"""What holds for every test, and for every notebook that nbval runs: figures as text, one thread per process."""

import os

os.environ["MLP_FIGURES"] = "text"
for pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[pool] = "1"
