"""XOR with scikit-learn: a classifier that may not stop early."""

import warnings

from sklearn.neural_network import MLPClassifier

from benchmarks.cold.finish import finish

X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]
settings = {"solver": "sgd", "learning_rate_init": 0.5, "momentum": 0, "alpha": 0, "batch_size": 4}
endless = {"max_iter": 10_001, "tol": 0, "n_iter_no_change": 10_001}
model = MLPClassifier((2,), activation="tanh", random_state=0, **settings, **endless)
warnings.simplefilter("ignore")
model.fit(X, y)
finish(model.loss_curve_[::1000])
