import Latent
import TestSupport
import Testing

/// Every primitive refuses operands that it can't use, with its name and what to do.
@Suite struct OperandTests {
  /// A primitive and the shapes of its operands.
  struct Primitive {
    let name: String
    let shapes: [[Int]]
    let call: ([Variable]) -> Variable

    init(_ name: String, _ shapes: [Int]..., call: @escaping ([Variable]) -> Variable) {
      (self.name, self.shapes, self.call) = (name, shapes, call)
    }
  }

  /// All that `Latent` has. Some record nodes of several names; what is said begins with that of the first.
  static var primitives: [Primitive] {
    let key = RandomKey(seed: 1)
    let targets = Tensor(repeating: 0.5, shape: [2, 3])
    return [
      Primitive("+", [2], [2]) { $0[0] + $0[1] }, Primitive("-", [2], [2]) { $0[0] - $0[1] },
      Primitive("*", [2], [2]) { $0[0] * $0[1] }, Primitive("/", [2], [2]) { $0[0] / $0[1] },
      Primitive("power", [2], [2]) { $0[0].power($0[1]) },
      Primitive("maximum", [2], [2]) { Variable.maximum($0[0], $0[1]) },
      Primitive("minimum", [2], [2]) { Variable.minimum($0[0], $0[1]) },
      Primitive(".<", [2], [2]) { $0[0] .< $0[1] }, Primitive(".<=", [2], [2]) { $0[0] .<= $0[1] },
      Primitive(".>", [2], [2]) { $0[0] .> $0[1] }, Primitive(".>=", [2], [2]) { $0[0] .>= $0[1] },
      Primitive(".==", [2], [2]) { $0[0] .== $0[1] },
      Primitive("select", [2], [2], [2]) { $0[0].select($0[1], $0[2]) },
      Primitive("+", [2]) { $0[0] + 1 }, Primitive("+", [2]) { $0[0] - 1 }, Primitive("-", [2]) { 1 - $0[0] },
      Primitive("*", [2]) { 2 * $0[0] }, Primitive("*", [2]) { -$0[0] }, Primitive("/", [2]) { $0[0] / 2 },
      Primitive("/", [2]) { 2 / $0[0] }, Primitive("power", [2]) { $0[0].power(1) },
      Primitive("power", [2]) { $0[0].power(3) }, Primitive("squareRoot", [2]) { $0[0].power(0.5) },
      Primitive("exp", [2]) { $0[0].exp() }, Primitive("log", [2]) { $0[0].log() },
      Primitive("log1p", [2]) { $0[0].log1p() }, Primitive("squareRoot", [2]) { $0[0].squareRoot() },
      Primitive("abs", [2]) { $0[0].abs() }, Primitive("sigmoid", [2]) { $0[0].sigmoid() },
      Primitive("tanh", [2]) { $0[0].tanh() }, Primitive("softplus", [2]) { $0[0].softplus() },
      Primitive("erf", [2]) { $0[0].erf() }, Primitive("maximum", [2]) { $0[0].relu() },
      Primitive("*", [2]) { $0[0].squared() }, Primitive("silu", [2]) { $0[0].silu() },
      Primitive("gelu", [2]) { $0[0].gelu() }, Primitive("maximum", [2]) { $0[0].elu() },
      Primitive("maximum", [2]) { $0[0].leakyRelu() }, Primitive("maximum", [2]) { $0[0].clipped(to: -1...1) },
      Primitive("sum", [2]) { $0[0].sum() }, Primitive("mean", [2]) { $0[0].mean() },
      Primitive("mean", [2]) { $0[0].variance() }, Primitive("max", [2]) { $0[0].max() },
      Primitive("min", [2]) { $0[0].min() }, Primitive("logSumExp", [2]) { $0[0].logSumExp() },
      Primitive("softmax", [2]) { $0[0].softmax() }, Primitive("logSumExp", [2]) { $0[0].logSoftmax() },
      Primitive("reshaped", [2]) { $0[0].reshaped(to: [2, 1]) }, Primitive("reshaped", [2]) { $0[0].expanded(at: 0) },
      Primitive("transposed", [2, 3]) { $0[0].transposed() }, Primitive("sliced", [2]) { $0[0].sliced(0..<1) },
      Primitive("split", [2]) { $0[0].split([1, 1])[0] }, Primitive("broadcast", [2]) { $0[0].broadcast(to: [2, 2]) },
      Primitive("concatenated", [2]) { $0[0].tiled(2) }, Primitive("padded", [2]) { $0[0].padded(1, 1) },
      Primitive("concatenated", [2], [2]) { Variable.concatenated($0) },
      Primitive("reshaped", [2], [2]) { Variable.stacked($0) },
      Primitive("gathered", [2]) { $0[0].gathered(rows: [1, 0]) },
      Primitive("matmul", [2, 3], [3, 2]) { matmul($0[0], $0[1]) },
      Primitive("Dense", [2, 3], [3, 2], [2]) { dense($0[0], kernel: $0[1], bias: $0[2]) },
      Primitive("Dense", [2, 3], [3, 2], [2]) { dense($0[0], kernel: $0[1], bias: $0[2], activation: .gelu) },
      Primitive("LSTM", [2, 3, 2], [2, 8], [2, 8], [8]) {
        lstm($0[0], kernel: $0[1], recurrentKernel: $0[2], bias: $0[3])
      },
      Primitive("GRU", [2, 3, 2], [2, 6], [2, 6], [2, 6]) {
        gru($0[0], kernel: $0[1], recurrentKernel: $0[2], bias: $0[3])
      },
      Primitive("reversedInTime", [2, 3, 2]) { $0[0].reversedInTime() },
      Primitive("Conv2D", [1, 3, 3, 1], [2, 2, 1, 2], [2]) { conv2D($0[0], kernel: $0[1], bias: $0[2]) },
      Primitive("Conv2DTranspose", [1, 3, 3, 1], [2, 2, 2, 1], [2]) {
        conv2DTranspose($0[0], kernel: $0[1], bias: $0[2])
      },
      Primitive("GroupNorm", [2, 4], [4], [4]) { groupNorm($0[0], gamma: $0[1], beta: $0[2], groups: 2) },
      Primitive("LayerNorm", [2, 3], [3], [3]) { layerNorm($0[0], gamma: $0[1], beta: $0[2]) },
      Primitive("BatchNorm", [2, 3], [3], [3]) { batchNorm($0[0], gamma: $0[1], beta: $0[2]).y },
      Primitive("Dropout", [2, 3]) { dropout($0[0], rate: 0.5, key: key, examples: [0, 1]) },
      Primitive("binaryCrossEntropy", [2, 3]) { binaryCrossEntropy(logits: $0[0], targets: targets) },
      Primitive("binaryCrossEntropy", [2, 3]) { binaryCrossEntropy(probabilities: $0[0], targets: targets) },
      Primitive("squaredError", [2, 3]) { squaredError($0[0], targets: targets) },
      Primitive("-", [2, 3]) { absoluteError($0[0], targets: targets) },
      Primitive("-", [2, 3]) { huber($0[0], targets: targets) },
      Primitive("-", [2, 3], [2, 3]) {
        gaussianNegativeLogLikelihood(mean: $0[0], logVariance: $0[1], targets: targets)
      },
      Primitive("", [2, 3], [2, 3], [2, 3], [2, 3]) {
        gaussianDivergence(mean: $0[0], logVariance: $0[1], from: $0[2], $0[3])
      },
      Primitive("gaussianSample", [2, 3], [2, 3]) { gaussianSample(mean: $0[0], logVariance: $0[1], noise: targets) },
      Primitive("standardNormalDivergence", [2, 3], [2, 3]) {
        standardNormalDivergence(mean: $0[0], logVariance: $0[1])
      },
      Primitive("crossEntropy", [2, 3]) { crossEntropy(logits: $0[0], labels: [0, 2]) },
      Primitive("crossEntropy", [2, 3]) {
        crossEntropies(logits: $0[0], classes: Tensor([0, 2], shape: [2], element: $0[0].tensor.element))
      },
      Primitive("crossEntropy", [2, 3], [3, 4], [4]) {
        crossEntropy($0[0], kernel: $0[1], bias: $0[2], labels: [0, 2])
      },
    ]
  }

  /// Tensors of a primitive's operands as a model.
  private struct Model: Module {
    var operands: [Parameter]

    init(_ primitive: Primitive) {
      operands = primitive.shapes.map { Parameter(Tensor(repeating: 0.5, shape: $0)) }
    }

    mutating func visit(_ visitor: inout ParameterVisitor) {
      for place in operands.indices { visitor.visit("\(place)", &operands[place]) }
    }
  }

  /// All of them do what they should with good operands: otherwise what follows would say nothing.
  @Test func goodOperandsPass() {
    for primitive in Self.primitives {
      let model = Model(primitive)
      let tape = Tape(layout: ParameterLayout(of: model))
      let y = primitive.call(model.operands.map { $0.on(tape) })
      #expect(y.tape === tape)
    }
  }

  /// Parameters and constants of a tape that was walked back.
  @Test func tapesThatWereWalkedBack() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      for primitive in OperandTests.primitives {
        for isConstant in [false, true] {
          expectStop("\(primitive.name): this tape has been walked back already; use a new one", primitive.name) {
            let model = Model(primitive)
            let layout = ParameterLayout(of: model)
            let tape = Tape(layout: layout)
            let operands = model.operands.map { isConstant ? tape.constant($0.value) : $0.on(tape) }
            _ = tape.backward(from: model.operands[0].on(tape).sum())
            _ = primitive.call(operands)
          }
        }
      }
    }
    #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } == "")
  }

  /// A parameter or a constant of another tape among the operands, at each place.
  @Test func otherTapes() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      for primitive in OperandTests.primitives where primitive.shapes.count > 1 {
        for place in primitive.shapes.indices {
          for isConstant in [false, true] {
            expectStop("an operand belongs to another tape", "\(primitive.name), operand \(place)") {
              let model = Model(primitive)
              let layout = ParameterLayout(of: model)
              let (tape, other) = (Tape(layout: layout), Tape(layout: layout))
              // More nodes on the other tape, so that their numbers are none of this one's.
              _ = model.operands[0].on(other).exp().exp().exp().exp()
              var operands = model.operands.map { $0.on(tape) }
              operands[place] =
                isConstant ? other.constant(model.operands[place].value) : model.operands[place].on(other)
              _ = primitive.call(operands)
            }
          }
        }
      }
    }
    #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } == "")
  }

  /// A shape that does not fit is said with the layer whose parameters are among the operands.
  @Test func shapesNameTheLayer() async {
    struct Block: Module {
      var hidden = Dense(inputSize: 3, outputSize: 2, key: RandomKey(seed: 1))
      var lstm = LSTM(inputSize: 3, hiddenSize: 2, key: RandomKey(seed: 1))
      var gru = GRU(inputSize: 3, hiddenSize: 2, key: RandomKey(seed: 1))
      var conv = Conv2D(inputChannels: 3, outputChannels: 2, kernelSize: 2, key: RandomKey(seed: 1))
      var norm = LayerNorm(size: 3)
      var scale = Parameter(Tensor(zeros: [3]))
      mutating func visit(_ visitor: inout ParameterVisitor) {
        visitor.visit("hidden", &hidden)
        visitor.visit("lstm", &lstm)
        visitor.visit("gru", &gru)
        visitor.visit("conv", &conv)
        visitor.visit("norm", &norm)
        visitor.visit("scale", &scale)
      }
    }
    struct Model: Module {
      var encoder = Block(), decoder = Block()
      mutating func visit(_ visitor: inout ParameterVisitor) {
        visitor.visit("encoder", &encoder)
        visitor.visit("decoder", &decoder)
      }
    }
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      func expect(_ message: String, _ body: (Model, Tape, Variable) -> Variable) {
        expectStop(message, message) {
          let model = Model()
          let tape = Tape(layout: ParameterLayout(of: model))
          _ = body(model, tape, tape.constant(Tensor(zeros: [5, 4])))
        }
      }
      expect("dense at encoder.hidden: x [5, 4], kernel [3, 2], bias [2] do not fit") { model, _, x in
        model.encoder.hidden(x)
      }
      expect("lstm at decoder.lstm: x [5, 4], kernel [3, 8], recurrent kernel [2, 8], bias [8] do not") { model, _, x in
        model.decoder.lstm(x)
      }
      expect("gru at decoder.gru: x [5, 4], kernel [3, 6], ") { model, _, x in model.decoder.gru(x) }
      expect("conv2D at encoder.conv: x [5, 4], kernel [2, 2, 3, 2], bias [2] do not fit") { model, _, x in
        model.encoder.conv(x)
      }
      expect("layerNorm at encoder.norm: x [5, 4], gamma [3], beta [3] do not fit") { model, _, x in
        model.encoder.norm(x)
      }
      expect("* at encoder: [5, 4] of float32 and [3] of float32 do not match") {
        $2 * $0.encoder.scale.on($1)
      }
      expect("matmul at decoder.hidden: [5, 4] of float32 by [3, 2] of float32 do not fit") {
        matmul($2, $0.decoder.hidden.kernel.on($1))
      }
      expect("+ at encoder.scale, decoder.hidden.bias: [3] of float32 and [2] of float32 do not match") {
        model, tape, _ in model.encoder.scale.on(tape) + model.decoder.hidden.bias!.on(tape)
      }
      expect("reshaped at encoder.hidden: [3, 2] has not as many elements as [4]") { model, tape, _ in
        model.encoder.hidden.kernel.on(tape).reshaped(to: [4])
      }
      expect("sum at encoder.hidden: the axes [2] are not different axes of 2 dimensions") { model, tape, _ in
        model.encoder.hidden.kernel.on(tape).sum(axes: [2])
      }
      expect("squaredError at encoder: [3] of float32 against targets [4] of float32") { model, tape, _ in
        squaredError(model.encoder.scale.on(tape), targets: Tensor(zeros: [4]))
      }
      // What is no parameter has no place in the model.
      expect("dense: x [5, 4], kernel [5, 4], bias [5, 4] do not fit") { dense($2, kernel: $2, bias: $2) }
    }
    #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } == "")
  }
}
