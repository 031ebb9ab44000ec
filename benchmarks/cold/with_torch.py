"""XOR with PyTorch, eager."""

import torch
from torch import nn

from benchmarks.cold.finish import finish

torch.set_num_threads(1)
torch.manual_seed(0)
X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
cost = nn.BCEWithLogitsLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
losses = []
for epoch in range(10_001):
    optimizer.zero_grad()
    loss = cost(model(X), Y)
    loss.backward()
    optimizer.step()
    if epoch % 1000 == 0:
        losses.append(loss.item())
finish(losses)
