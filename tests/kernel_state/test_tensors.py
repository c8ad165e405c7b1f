from __future__ import annotations

from pathlib import Path

import pytest
from test_buffers import carry

from jupyter_mlops.kernel_state.pickler import Scope
from jupyter_mlops.kernel_state.refusals import Uncarriable
from jupyter_mlops.kernel_state.survey import survey

torch = pytest.importorskip("torch")
MANY = 20_000


def scope() -> Scope:
    return Scope(namespace={}, shared={}, submodules=set(), singletons={})


def test_views_of_one_storage_stay_views(tmp_path: Path) -> None:
    whole = torch.arange(float(MANY))
    loaded, buffers, digest = carry(tmp_path, whole=whole, part=whole[5:100:2])
    assert carry(tmp_path, **loaded)[2] == digest
    loaded["part"][0] = -1
    assert (loaded["whole"][5].item(), loaded["part"].stride(), buffers) == (-1, (2,), [MANY * 4])
    loaded["whole"].resize_(MANY * 2)


def test_variables_on_one_storage_belong_together() -> None:
    whole, other = torch.arange(float(MANY)), torch.arange(float(MANY))
    first, second, third = (
        survey({"x": value}, scope()).ids for value in (whole, whole.view(2, -1), other)
    )
    assert (bool(first & second), bool(first & third)) == (True, False)


def test_a_model_keeps_tied_weights_and_gradients(tmp_path: Path) -> None:
    layer = torch.nn.Linear(150, 150)
    model = torch.nn.Sequential(layer, layer)
    model(torch.ones(150)).sum().backward()
    loaded, _, _ = carry(tmp_path, model=model, bias=layer.bias)
    again = loaded["model"]
    assert (again[0] is again[1], again[0].bias is loaded["bias"]) == (True, True)
    assert [p.requires_grad for p in again.parameters()] == [True, True]
    for old, new in zip(model.parameters(), again.parameters(), strict=True):
        assert torch.equal(old, new)
        assert torch.equal(old.grad, new.grad)


def test_a_tensor_in_a_graph_is_refused() -> None:
    result = torch.ones(3, requires_grad=True) * 2
    with pytest.raises(Uncarriable):
        survey({"x": result}, scope())
    survey({"x": result.detach()}, scope())
