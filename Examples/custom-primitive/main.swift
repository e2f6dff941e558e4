// A primitive of one's own: Mish (Misra 2019), x tanh(softplus(x)), as one node with its own backward pass, checked
// against central differences at every coordinate.
import Latent

extension Variable {
  /// x tanh(s) with s = softplus(x); dy/dx = tanh(s) + x sigmoid(x) (1 - tanh(s)^2)
  func mish() -> Variable {
    let x = tensor
    func new(_ workspace: Workspace?) -> Storage { Storage(count: x.count, element: x.element, workspace: workspace) }
    let gate = new(tape.workspace)
    gate.assign(.softplus, of: x.contents)
    gate.assign(.tanh, of: gate)
    var y = tape.makeTensor(shape, element: x.element)
    y.withMutableContents { $0.assign(.multiply, x.contents, gate) }

    return tape.record("mish", inputs: [self], output: y) { backward in
      let (upstream, workspace) = (backward.upstream.contents, backward.workspace)
      backward.accumulate(0) { dx in
        let slope = new(workspace)
        slope.assign(.sigmoid, of: x.contents)
        slope.assign(.multiply, slope, x.contents)  // x sigmoid(x)
        dx.assignActivationGradient(output: gate, upstream: slope, activation: .tanh)  // times 1 - tanh^2
        dx.assign(gate, adding: 1)
        dx.assign(.multiply, dx, upstream)
      }
    }
  }
}

struct Layer: Module {
  var dense = Dense(inputSize: 3, outputSize: 4, key: RandomKey(seed: 1), element: .float64)
  mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("dense", &dense) }
}

let x = Tensor([0.5, -1, 2, 0.1, 0.2, -0.3], shape: [2, 3], element: .float64)
let differences = checkGradients(of: Layer()) { layer, tape in layer.dense(tape.constant(x)).mish() }
guard differences.isEmpty else { fatalError("\(differences)") }
print("mish(1) = \(Tape().constant(Tensor([1], shape: [1], element: .float64)).mish().scalar), gradients agree")
