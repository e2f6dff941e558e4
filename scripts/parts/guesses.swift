// What people who come from NumPy, PyTorch and Keras write first. Each line compiles, or the compiler says what to write instead:
// scripts/docs looks at each.
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
_ = v * x
_ = x.sqrt()
_ = v.pow(2)
_ = v.square()
_ = x.reshape([3, 2])
_ = v.view(3, 2)
_ = v.flatten()
_ = x.transpose()
_ = v.permute(1, 0)
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
_ = v.norm()
v.backward()
_ = Variable.cat([v, v])
_ = Variable.stack([v, v])
_ = Variable.where(v, v, v)
_ = Tensor.eye(3)
_ = Tensor.randn(2, 3)
_ = Tensor.rand(2, 3)
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
