"""The machine: one core of it, and what it is."""

import datetime
import os
import platform
from importlib.metadata import version

PACKAGES = ("numpy", "scikit-learn", "torch", "jax", "jaxlib", "micrograd")


def use_one_core():
    """Bind the process to one core where that is possible, and all pools to one thread. Before numpy is imported."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def describe():
    """Processor, system and versions: a dict of strings."""
    return {
        "date": datetime.date.today().isoformat(),
        "processor": f"{processor()}, one of {os.cpu_count()} cores",
        "system": f"{platform.system()}, Python {platform.python_version()}",
        "BLAS of numpy": blas(),
    } | {name: version(name) for name in PACKAGES}


def processor():
    """The name of the processor."""
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def blas():
    """Name and version of the BLAS that numpy was built with, and the kernels it has chosen."""
    import numpy as np
    from threadpoolctl import threadpool_info

    built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    chosen = {pool["architecture"] for pool in threadpool_info() if "numpy" in pool["filepath"]}
    return " ".join([built["name"], built["version"], *sorted(chosen)])
