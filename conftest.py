"""What holds for every test, and for every notebook that nbval runs: figures as text, one thread per process.

Property tests draw the same examples on every machine and have no time limit, so that a busy machine changes nothing.
"""

import os

os.environ["MLP_FIGURES"] = "text"
for pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[pool] = "1"

try:
    from hypothesis import HealthCheck, Phase, settings
except ImportError:  # the environments that only run notebooks or compare with other packages have no property tests
    pass
else:
    steady = dict(deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("book", **steady)
    settings.register_profile("mutants", **steady, phases=[Phase.explicit, Phase.generate])
    settings.load_profile(os.environ.get("MLP_PROFILE", "book"))
