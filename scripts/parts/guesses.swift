// What people who come from NumPy, PyTorch and Keras write first. Each line compiles, or the compiler says what to write instead:
// scripts/docs looks at each.
import Foundation
import Latent
import LatentData
import LatentTraining

let x = Tensor.zeros([2, 3])
let v = Tape().constant(x)
_ = Tensor([[1, 2], [3, 4]]) + 1
_ = Tensor.ones([2, 3]) * Tensor.full([2, 3], 2)
_ = Tensor.arange(6).reshaped(to: [-1, 2])
_ = x[0, -1]
_ = x[..., 1...]
_ = x.sum(axes: [1])
_ = x.mean() + x.max()
_ = x.mean(axis: 0) + v.tensor.sum(axis: -1, keepingDimensions: true)
_ = v.max(axis: 1) - v.variance(axis: 1, unbiased: true)
_ = v * x
_ = x.sqrt()
_ = v.pow(2)
_ = v.square()
_ = x.reshape([3, 2])
_ = v.view(3, 2)
_ = v.flatten()
_ = x.transpose()
_ = v.permute(1, 0)
_ = v.permute([1, 0])
_ = x.view([3, 2])
_ = x.expand([4, 2, 3])
_ = x.T
_ = v.unsqueeze(0)
_ = v.squeeze()
_ = v.clamp(0, 1)
_ = v.flip(0)
_ = v.cumsum()
_ = v.chunk(2)
_ = v.detach()
_ = v.item()
_ = v.std()
_ = x.std(axis: 0)
_ = v.norm()
_ = x.sum(dim: 1)
_ = v.mean(dim: 1, keepdim: true)
_ = v.softmax(dim: 1)
v.backward()
_ = x.rank
_ = v.ndim
_ = x.dim()
_ = v.size(0)
_ = x.numel()
_ = v.dtype
_ = x.tolist()
_ = v.grad
_ = v.value
_ = v.values
_ = x.to(.float64)
_ = v.to(.float64)
_ = x.double()
_ = x > 0
_ = v <= 1
_ = x >= x
_ = v == v
let square = x ** 2
let powers = v ** v
_ = Variable.cat([v, v])
_ = Variable.stack([v, v])
_ = Variable.where(v, v, v)
_ = Tensor.eye(3)
_ = Tensor.randn(2, 3)
_ = Tensor.rand(2, 3)
_ = Tensor.randn([2, 3])
_ = Tensor.rand([2, 3])
_ = Tensor.zeros(2, 3)
_ = Tensor.onesLike(x)
_ = Variable(x)
_ = Linear(inputSize: 2, outputSize: 3, key: RandomKey(seed: 0))
_ = Conv2d.self
_ = BatchNorm2d.self
_ = MaxPool2d.self
_ = MultiheadAttention.self
_ = ReLU()
_ = CrossEntropyLoss()
_ = MSELoss()
_ = DataLoader()
_ = relu(v)
_ = softmax(v)
_ = mseLoss(v, v)
_ = sqrt(x)
_ = exp(v)
_ = log(x)
_ = tanh(v)
_ = sigmoid(x)
_ = softmax(x)
_ = abs(v)
_ = sum(x)
_ = mean(v)
_ = pow(x, 2)

let tape = Tape()
_ = tape.variable(x)
_ = tape.watch(x)
_ = Parameter(x).tensor
_ = Parameter(x).grad

struct Guessed: Module {
  var scale = Tensor([1])
  var scales = [Tensor([1])]
  var temperature = 1.0
  var layers: [any Layer] = []
  var heads: [String: Dense] = [:]

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("scale", &scale)
    visitor.visit("scales", &scales)
    visitor.visit("temperature", &temperature)
    visitor.visit("layers", &layers)
    visitor.visit("heads", &heads)
  }
}

// Of numbers they stay what they are.
_ = sqrt(2.0) + exp(1) + log(Double(3)) + abs(-1) + pow(2, 0.5) + tanh(0.5) + floor(Double.pi) + round(1.5)
_ = Float(2) > 1 && 3 == 3 && sqrt(Float(2)) < 2
_ = [1.0, 2].map { sqrt($0) }
_ = [1.0, 2].map(exp)
_ = v.argMax(axis: 1)
_ = x.sum(axis: 1, keepDims: true)
_ = v.cumsum(axis: 0)
_ = v.expandedDimensions(axis: 0)
_ = x.squeezed()
_ = v.flattened(start: 1)
_ = x.swappedAxes(0, 1)
_ = x.asType(.float64)
_ = stopGradient(v)
_ = concatenated([v, v], axis: 1)
_ = l1Loss(predictions: v, targets: x)
_ = MaxPool2D(size: 3)
_ = Conv2D(inputChannels: 1, outputChannels: 2, kernelSize: [3, 5], strides: 2, key: RandomKey(seed: 0))
