import Latent
import TestSupport
import Testing

/// Programmer errors stop with a message that names the operation and what does not fit.
@Suite struct MisuseTests {
  @Test func tapes() async {
    let other = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Tensor(zeros: [2])
      _ = Tape().constant(x) + Tape().constant(x)
    }
    #expect(message(other).contains("+: an operand belongs to another tape"))
    let twice = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let operands = Operands(["w": Tensor(zeros: [1])])
      let layout = ParameterLayout(of: operands)
      let tape = Tape(layout: layout)
      let loss = operands("w", on: tape).sum()
      _ = tape.backward(from: loss)
      _ = tape.backward(from: loss)
    }
    #expect(message(twice).contains("backward: this tape has been walked back already"))
    let late = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let operands = Operands(["w": Tensor(zeros: [1])])
      let layout = ParameterLayout(of: operands)
      let tape = Tape(layout: layout)
      let loss = operands("w", on: tape).sum()
      _ = tape.backward(from: loss)
      _ = loss.sigmoid()
    }
    #expect(message(late).contains("sigmoid: this tape has been walked back already"))
    let foreign = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let operands = Operands(["w": Tensor(zeros: [1])])
      let layout = ParameterLayout(of: operands)
      let loss = operands("w", on: Tape(layout: layout)).sum()
      _ = Tape(layout: layout).backward(from: loss)
    }
    #expect(message(foreign).contains("backward: the loss belongs to another tape"))
    let vector = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = valueWithGradients(of: Operands(["w": Tensor(zeros: [3])])) { $0("w", on: $1) }
    }
    #expect(message(vector).contains("backward: the loss has the shape [3], not one element"))
    let layouts = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let operands = Operands(["w": Tensor(zeros: [1])])
      let tape = Tape(layout: ParameterLayout(of: operands))
      var gradients = Gradients(layout: ParameterLayout(of: operands))
      tape.backward(from: operands("w", on: tape), into: &gradients)
    }
    #expect(message(layouts).contains("backward: the gradients are of another layout"))
  }

  @Test func shapes() async {
    let plus = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tape = Tape()
      _ = tape.constant(Tensor(zeros: [2, 3])) - tape.constant(Tensor(zeros: [3, 2]))
    }
    #expect(message(plus).contains("-: [2, 3] of float32 and [3, 2] of float32 do not match"))
    let dense = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Dense(inputSize: 3, outputSize: 2, key: RandomKey(seed: 1))(Tape().constant(Tensor(zeros: [5, 4])))
    }
    #expect(message(dense).contains("dense: x [5, 4], kernel [3, 2], bias [2] do not fit"))
    let lstm = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LSTM(inputSize: 3, hiddenSize: 2, key: RandomKey(seed: 1))(Tape().constant(Tensor(zeros: [5, 4])))
    }
    #expect(message(lstm).contains("lstm: x [5, 4], kernel [3, 8], recurrent kernel [2, 8], bias [8] do not fit"))
    let noTime = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LSTM(inputSize: 3, hiddenSize: 2, key: RandomKey(seed: 1))(Tape().constant(Tensor(zeros: [5, 0, 3])))
    }
    #expect(message(noTime).contains("with B, T > 0"))
    let loss = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = squaredError(Tape().constant(Tensor(zeros: [2, 3])), targets: Tensor(zeros: [2, 4]))
    }
    #expect(message(loss).contains("squaredError: [2, 3] of float32 against targets [2, 4] of float32"))
    let reshaped = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tape().constant(Tensor(zeros: [2, 3])).reshaped(to: [4])
    }
    #expect(message(reshaped).contains("reshaped: [2, 3] has not as many elements as [4]"))
    let gaussian = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let mean = Tape().constant(Tensor(zeros: [2, 3]))
      _ = gaussianSample(mean: mean, logVariance: mean, noise: Tensor(zeros: [3, 2]))
    }
    #expect(message(gaussian).contains("gaussianSample: mean [2, 3], log-variance [2, 3], noise [3, 2] differ"))
  }

  @Test func elementTypes() async {
    let lstm = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var layer = LSTM(inputSize: 3, hiddenSize: 2, key: RandomKey(seed: 1), element: .float64)
      layer.bias = Parameter(Tensor(zeros: [8], element: .float32))
      _ = layer(Tape().constant(Tensor(zeros: [5, 4, 3], element: .float64)))
    }
    #expect(message(lstm).contains("lstm: x float64, kernel float64, recurrent kernel float64, bias float32 differ"))
    let dense = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Dense(inputSize: 3, outputSize: 2, key: RandomKey(seed: 1))(
        Tape().constant(Tensor(zeros: [5, 3], element: .float64)))
    }
    #expect(message(dense).contains("float64"))
    let model = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ParameterLayout(of: Operands(["a": Tensor(zeros: [1]), "b": Tensor(zeros: [1], element: .float64)]))
    }
    #expect(message(model).contains("ParameterLayout: b is float64, but parameters before it are float32"))
  }

  @Test func parameters() async {
    struct Forgetful: Module {
      var shown: Parameter, hidden: Parameter
      init(_ value: Tensor = Tensor(zeros: [2])) { (shown, hidden) = (Parameter(value), Parameter(value)) }
      mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("shown", &shown) }
    }
    let hidden = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = valueWithGradients(of: Forgetful()) { ($0.shown.on($1) * $0.hidden.on($1)).sum() }
    }
    #expect(
      message(hidden).contains("Tape: the parameter hidden [2] is used, but the model's visit(_:) does not show it"))
    let unchecked = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      struct Outer: Module {
        var parts = [Forgetful(Tensor(zeros: [2], element: .float64))]
        mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("first", &parts[0]) }
      }
      _ = checkGradients(of: Outer()) { $0.parts[0].shown.on($1).sum() }
    }
    #expect(message(unchecked).contains("checkGradients: Outer's visit(_:) does not show parts.0.hidden"))
    struct Twins: Module {
      var first = Parameter(Tensor(zeros: [2]))
      var second: Parameter
      init() { second = first }
      mutating func visit(_ visitor: inout ParameterVisitor) {
        visitor.visit("first", &first)
        visitor.visit("second", &second)
      }
    }
    let twice = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ParameterLayout(of: Twins())
    }
    #expect(message(twice).contains("ParameterLayout: second is the same parameter as first"))
    struct Nothing: Module { mutating func visit(_ visitor: inout ParameterVisitor) {} }
    let none = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ParameterLayout(of: Nothing())
    }
    #expect(message(none).contains("ParameterLayout: Nothing visits no parameter"))
    let path = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Gradients(layout: ParameterLayout(of: Operands(["w": Tensor(zeros: [2])])))["v"]
    }
    #expect(message(path).contains("Gradients: no parameter v; there are [\"w\"]"))
  }

  /// Two parameters, and a parameter and a buffer in parts of one name, that a file could not tell apart.
  @Test func onePathOfTwo() async {
    let parameters = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      struct Pair: Module {
        var (a, b) = (Parameter(Tensor(zeros: [2])), Parameter(Tensor(zeros: [2])))
        mutating func visit(_ visitor: inout ParameterVisitor) {
          visitor.visit("a", &a)
          visitor.visit("a", &b)
        }
      }
      _ = valueWithGradients(of: Pair()) { ($0.a.on($1) * $0.b.on($1)).sum() }
    }
    #expect(
      message(parameters).contains("ParameterLayout: Pair visits two parameters or buffers as a; give each a name"))
    let parts = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      struct Norms: Module {
        var (first, second) = (BatchNorm(size: 2), BatchNorm(size: 2))
        mutating func visit(_ visitor: inout ParameterVisitor) {
          visitor.visit("norm", &first)
          visitor.visit("norm", &second)
        }
      }
      _ = ParameterLayout(of: Norms())
    }
    #expect(message(parts).contains("ParameterLayout: Norms visits two parameters or buffers as norm."))
    let buffers = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      struct Counted: Module {
        var (weights, count) = (Parameter(Tensor(zeros: [2])), Buffer(Tensor(zeros: [2])))
        mutating func visit(_ visitor: inout ParameterVisitor) {
          visitor.visit("w", &weights)
          visitor.visit("w", &count)
        }
      }
      _ = ParameterLayout(of: Counted())
    }
    #expect(
      message(buffers).contains("ParameterLayout: Counted visits two parameters or buffers as w; give each a name"))
  }

  @Test func optimizers() async {
    let model = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var (first, second) = (Operands(["w": Tensor(zeros: [2])]), Operands(["v": Tensor(zeros: [2])]))
      var adam = Adam()
      adam.update(&first, along: Gradients(layout: ParameterLayout(of: first)))
      adam.update(&second, along: Gradients(layout: ParameterLayout(of: first)))
    }
    #expect(message(model).contains("Optimizer: the gradients are of another model; v [2] is not in their layout"))
    let moments = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var (first, second) = (Operands(["w": Tensor(zeros: [2])]), Operands(["w": Tensor(zeros: [200])]))
      var adam = Adam()
      adam.update(&first, along: Gradients(layout: ParameterLayout(of: first)))
      adam.update(&second, along: Gradients(layout: ParameterLayout(of: second)))
    }
    #expect(message(moments).contains("Adam: its state is of another model, of 16 float32 elements, not 208"))
  }
}
