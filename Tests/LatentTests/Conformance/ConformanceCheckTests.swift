import Foundation
import Latent
import Synchronization
import TestSupport
import Testing

/// The checks themselves: each finds what it is there for.
@Suite struct ConformanceCheckTests {
  private static let counter = Atomic<Int>(0)
  private static let kept = Locked<[Tensor]>([])

  /// 3x, with what may be wrong with it.
  private func triple(
    forward: @escaping @Sendable (Variable, Tensor) -> Void = { _, _ in },
    backward: (@Sendable (inout Backward) -> Void)? = nil, hasPlainGradient: Bool = true, holdsTape: Bool = false,
    again: @escaping @Sendable (Variable) -> Variable = { 3 * $0 }
  ) -> ConformingCase {
    let slope: @Sendable (Values, [Double]) -> [String: [Double]] = { ["x": $1.map { 3 * $0 }] }
    return ConformingCase("triple", small: ["B": 2, "D": 3]) { s in
      Trial(
        [.input("x", [s.B, s.D])],
        call: { (i: Inputs) -> Variable in
          let x = i.x
          if x.tape.isDifferentiatedAgain { return again(x) }
          let y = x.tape.makeTensor(x.shape, element: x.tensor.element)
          y.storage.assign(x.tensor.storage, times: 3)
          forward(x, y)
          let held = holdsTape ? x : nil
          return x.tape.record("triple", inputs: [x], output: y) { context in
            _ = held
            if let backward { backward(&context) } else { context.add(context.upstream, times: 3, to: 0) }
          }
        },
        plain: { PlainTensor($0.x.values.map { 3 * $0 }, $0.x.shape) }, gradient: hasPlainGradient ? slope : nil)
    }
  }

  private func expect(_ one: ConformingCase, fails check: ConformanceCheck, _ line: String) {
    let failures = check.failures(of: one)
    #expect(failures.contains { $0.contains(line) }, "\(check): \(failures)")
  }

  @Test(arguments: [true, false])
  func whatIsRightPasses(_ hasPlainGradient: Bool) {
    for check in ConformanceCheck.allCases {
      #expect(check.failures(of: triple(hasPlainGradient: hasPlainGradient)) == [], "\(check)")
    }
  }

  @Test func values() {
    let one = triple { _, y in y.storage[y.count - 1..<y.count].fill(0) }
    expect(one, fails: .plainAgreement, "B=2 D=3, float64: result 0: element 5 is 0.0, not ")
    let single = triple { _, y in
      if y.element == .float32 { y.storage.assign(y.storage, times: 1.0001) }
    }
    expect(single, fails: .plainAgreement, "B=7 D=17, float32: result 0: element ")
    let recording = triple { x, y in if x.tape.isRecording { y.storage.assign(y.storage, times: 1 + 1e-15) } }
    expect(recording, fails: .plainAgreement, "another value without recording")
    let changed = triple { x, _ in x.tensor.storage.fill(0) }
    expect(changed, fails: .plainAgreement, "the operand x is changed")
    let shaped = ConformingCase("sum", small: ["B": 2, "D": 3]) { s in
      Trial(
        [.input("x", [s.B, s.D])], call: { $0.x.sum(axes: [1]) },
        plain: { PlainTensor(Plain.rowSums($0.x.values, columns: s.D), [s.B, 1]) })
    }
    expect(shaped, fails: .plainAgreement, "results of the shapes [[2]], not [[2, 1]]")
  }

  /// What is made of small operations is another function, or has another second derivative.
  @Test func secondDerivatives() {
    expect(triple(again: { 3.001 * $0 }), fails: .secondDerivatives, "composed, d/dx: element ")
    expect(triple(again: { 3 * $0 + 1 }), fails: .secondDerivatives, "the value is ")
    expect(
      triple(again: { 3 * $0 + 1e-3 * ($0 - $0.detached()).squared() }), fails: .secondDerivatives,
      "Hessian, d/dx: element ")
  }

  /// Wrong at one coordinate by one part in a million, or not a number.
  @Test(arguments: [1e-6, .nan])
  func gradients(_ error: Double) {
    for hasPlainGradient in [true, false] {
      let one = triple(
        backward: { context in
          var values = context.upstream.values.map { 3 * $0 }
          values[values.count / 2] += error
          context.add(Tensor(values, shape: context.upstream.shape, element: context.upstream.element), to: 0)
        }, hasPlainGradient: hasPlainGradient)
      expect(one, fails: .centralDifferences, "B=2 D=3: d/dx: element 3 is ")
      expect(one, fails: .plainAgreement, "B=33 D=1, float64: d/dx: element ")
    }
  }

  /// A way back that is a quarter too large where products are of bfloat16.
  @Test func mixedPrecision() {
    let one = ConformingCase("triple", small: ["B": 2, "D": 3]) { s in
      Trial(
        [.input("x", [s.B, s.D])],
        call: { (i: Inputs) -> Variable in
          let y = i.x.detached()
          let factor = i.tape.packs.precision.isMixed ? 3.75 : 3
          return i.tape.record("triple", inputs: [i.x], output: (3 * y).tensor) {
            $0.add($0.upstream, times: factor, to: 0)
          }
        }, plain: { PlainTensor($0.x.values.map { 3 * $0 }, $0.x.shape) })
    }
    expect(one, fails: .mixedPrecision, "tiles: d/dx is off by 0.25")
  }

  @Test func accumulation() {
    let overwriting = triple(backward: { context in
      let upstream = context.upstream.storage
      context.destination(0)?.storage.assign(upstream, times: 3)
    })
    expect(overwriting, fails: .repeatedUse, "used twice: d/dx: element ")
    let product = ConformingCase("product", small: ["B": 2, "D": 3]) { s in
      Trial(
        [.input("x", [s.B, s.D]), .input("y", [s.B, s.D])],
        call: { (i: Inputs) -> Variable in
          let (x, y) = (i.x.tensor, i.y.tensor)
          return i.tape.record("product", inputs: [i.x, i.y], output: (i.x.detached() * i.y.detached()).tensor) {
            let upstream = $0.upstream.storage
            guard $0.needs(0) else { return }
            $0.accumulate(0) { $0.assign(.multiply, upstream, y.storage) }
            $0.destination(1)?.storage.assign(.multiply, upstream, x.storage)
          }
        },
        plain: { PlainTensor(zip($0.x.values, $0.y.values).map { $0 * $1 }, $0.x.shape) })
    }
    #expect(ConformanceCheck.centralDifferences.failures(of: product) == [])
    expect(product, fails: .sharedOperands, "x for y too: d/dx: element ")
    expect(product, fails: .singleOperands, "only [\"y\"]: d/dy: element ")
  }

  @Test func singleResults() {
    let two = ConformingCase("two", small: ["B": 2, "D": 3]) { s in
      Trial(
        [.input("x", [s.B, s.D])],
        calls: { (i: Inputs) -> [Variable] in
          let x = i.x.tensor
          return i.tape.record("two", inputs: [i.x], outputs: [x, x]) { context in
            guard let first = context.upstream(of: 0) else { return }  // and forgets the second
            context.add(first, to: 0)
            if let second = context.upstream(of: 1) { context.add(second, to: 0) }
          }
        }, plain: { [$0.x, $0.x] })
    }
    #expect(ConformanceCheck.centralDifferences.failures(of: two) == [])
    expect(two, fails: .singleResults, "one result at a time: d/dx: element ")
  }

  @Test func stepsAndThreads() {
    let racing = triple { _, y in
      y.storage.fill(Double(Self.counter.add(1, ordering: .relaxed).newValue))
    }
    expect(racing, fails: .threads, "1 threads: examples ")
    let keeping = triple { _, y in Self.kept.withLock { $0.append(y) } }
    expect(keeping, fails: .memory, "bytes after each step: [")
    let unset = triple { x, y in
      let spare = x.tape.makeTensor(y.shape, element: y.element)
      y.storage.assign(.add, y.storage, spare.storage)
    }
    expect(unset, fails: .memory, "a step in memory that holds NaN finds something else")
    expect(triple(holdsTape: true), fails: .tapeIsFreed, "a backward pass holds the tape")
  }

  @Test func batches() {
    let centered = ConformingCase("centered", small: ["B": 2, "D": 3]) { s in
      Trial(
        [.input("x", [s.B, s.D])], call: { $0.x - $0.x.mean(axes: [0], keepingDimensions: true) }, plain: { $0.x })
    }
    expect(centered, fails: .batchOfOne, "one by one: result 0: element ")
    let mean = ConformingCase("mean", small: ["B": 2, "D": 3], rows: .mixed) { s in
      Trial([.input("x", [s.B, s.D])], call: { $0.x.mean() }, plain: { _ in PlainTensor([0], []) })
    }
    expect(mean, fails: .emptyBatch, "nan, not 0.0")
  }

  @Test func emptyBatchesThatGoOn() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      for text in ["[0, 3]", "[0, 4]"] {
        let one = ConformingCase("max", small: ["B": 2, "D": 3], emptyBatch: .stops("max", text)) { s in
          Trial([.input("x", [s.B, s.D])], call: { $0.x.max() }, plain: { _ in PlainTensor([0], []) })
        }
        FileHandle.standardError.write(Data((one.emptyBatchFailure() ?? "right\n").utf8))
      }
      let one = ConformingCase("exp", small: ["B": 2, "D": 3], emptyBatch: .stops("exp", "[0, 3]")) { s in
        Trial([.input("x", [s.B, s.D])], call: { $0.x.exp() }, plain: { $0.x })
      }
      FileHandle.standardError.write(Data((one.emptyBatchFailure() ?? "right").utf8))
    }
    let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(text.hasPrefix("right\nmax: stopped with '") && text.contains("not with 'max' and '[0, 4]'"))
    #expect(text.hasSuffix("exp: an empty batch does not stop"))
  }

  @Test func parameters() {
    struct Forgetful: Module {
      var shown: Parameter, hidden: Parameter
      var isShown = true
      mutating func visit(_ visitor: inout ParameterVisitor) {
        visitor.visit("shown", &shown)
        if isShown { visitor.visit("hidden", &hidden) }
      }
    }
    func one(isShown: Bool) -> ConformingCase {
      ConformingCase("forgetful", small: ["B": 2, "D": 3]) { s in
        Trial(
          [.input("x", [s.B, s.D])],
          layer: {
            let tensor = Tensor(zeros: [s.D], element: $0)
            return Forgetful(shown: Parameter(tensor), hidden: Parameter(tensor), isShown: isShown)
          }, call: { $0.shown.on($1.tape) * $1.x }, plain: { $0.x })
      }
    }
    expect(one(isShown: false), fails: .parameters, "the layer holds 2 parameters, and visit(_:) shows 1")
    expect(one(isShown: true), fails: .parameters, "hidden gets no gradient")
  }

  @Test func keras() {
    let one = ConformingCase(
      "Dense", small: ["B": 2, "I": 3, "O": 4],
      keras: [.init("dense_tanh") { _ in ["B": 5, "I": 7, "O": 6] }]
    ) { s in
      Trial(
        [.input("x", [s.B, s.I])],
        layer: { Dense(inputSize: s.I, outputSize: s.O, key: RandomKey(seed: 1), element: $0) },
        call: { $0($1.x) }, plain: { $0.x })
    }
    expect(one, fails: .keras, "dense_tanh")
  }

  @Test func publicInterface() {
    let source = """
      import LatentKernels

      /// public func notThis() -> Variable {
      public struct Scale: Layer {
        public var seen: Variable
        public init(size: Int) {}
        public mutating func visit(_ visitor: inout ParameterVisitor) {}
        public func callAsFunction(_ x: Variable) -> Variable { x }
        func hidden() -> Variable { x }
      }

      extension Shift: Layer {}

      extension Variable {
        public static func .<= (a: Variable, b: Double) -> Variable { a }
        public func power(_ exponent: Double = 2) -> Variable {
          self
        }
        public var half: Variable { self }
        public var shape: [Int] { [] }
      }

      public func lstm(
        _ x: Variable, kernel: Variable, _ sizes: (Int, Int) = (1, 2), isWide: Bool = false
      ) -> (y: Variable, state: Int) {
      }

      public func total<T: Module>(of model: T, on tape: Tape) -> LossTerms {}
      func unseen(_ x: Variable) -> Variable { x }
      """
    #expect(
      PublicInterface.symbols(of: source) == [
        "Scale", "Scale(Variable)", "Shift", "Variable..<=(Variable, Double)", "Variable.power(Double)",
        "Variable.half",
        "lstm(Variable, kernel:, (Int, Int), isWide:)", "total(of:, on:)",
      ])
  }

  @Test func gaps() throws {
    let cases = ["exp", "exp"].map { name in
      ConformingCase(name, covers: ["Variable.exp()", "Variable.sine()"], small: ["B": 1]) { s in
        Trial([.input("x", [s.B])], call: { $0.x.exp() }, plain: { $0.x })
      }
    }
    let gaps = try PublicInterface.gaps(between: ["Latent/Primitives"], and: cases, coveredElsewhere: ["relu"])
    #expect(gaps.contains("no conforming case covers Variable.log()"))
    #expect(!gaps.contains("no conforming case covers Variable.exp()"))
    #expect(
      gaps.contains("no conforming case covers matmul(Variable, Variable)"))
    #expect(
      gaps.suffix(3) == [
        "a case covers Variable.sine(), which is not there", "a case covers relu, which is not there",
        "two cases are called exp",
      ])
  }
}
