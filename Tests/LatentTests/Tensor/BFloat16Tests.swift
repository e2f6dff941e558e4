import Latent
import LatentKernels
import TestSupport
import Testing

/// Tensors of bfloat16: numbers rounded by the definition, kept, and computed with by nobody.
@Suite struct BFloat16Tests {
  private func bits(_ tensor: Tensor) -> [UInt16] {
    tensor.storage.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
  }

  private func tensor(floats: [Float]) -> Tensor {
    let tensor = Tensor(uninitialized: [floats.count])
    tensor.storage.withUnsafeMutableBytes { $0.copyBytes(from: floats.withUnsafeBytes { Array($0) }) }
    return tensor
  }

  private func tensor(bits: [UInt16]) -> Tensor {
    let tensor = Tensor(uninitialized: [bits.count], element: .bfloat16)
    tensor.storage.withUnsafeMutableBytes { $0.copyBytes(from: bits.withUnsafeBytes { Array($0) }) }
    return tensor
  }

  /// The value of a pattern, from sign, exponent and fraction; of that after the largest number, 2^128.
  private func value(_ bits: UInt16) -> Double {
    let (exponent, fraction) = (Int(bits >> 7 & 0xFF), Double(bits & 0x7F) / 128)
    let size =
      exponent == 0
      ? fraction * 0x1p-126 : (1 + fraction) * Double(sign: .plus, exponent: exponent - 127, significand: 1)
    return bits >> 15 == 0 ? size : -size
  }

  /// The pattern whose value is nearest, the even one of two that are as near: by distances, which are exact here.
  private func nearest(_ x: Double) -> UInt16 {
    if abs(x) >= value(0x7F80) { return x < 0 ? 0xFF80 : 0x7F80 }
    var (low, high) = (UInt16(0), UInt16(0x7F80))
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if value(middle) <= abs(x) { low = middle } else { high = middle }
    }
    let (below, above) = (abs(x) - value(low), value(high) - abs(x))
    let found = below < above || below == above && low % 2 == 0 ? low : high
    return x.sign == .minus ? found | 0x8000 : found
  }

  @Test func everyPatternIsKept() {
    let all = Array(UInt16.min ... .max)
    let tensor = tensor(bits: all)
    let (floats, doubles) = (tensor.floats, tensor.values)
    for pattern in all {
      let (single, double) = (floats[Int(pattern)], doubles[Int(pattern)])
      if pattern & 0x7F80 != 0x7F80 {
        #expect(double == value(pattern) && Double(single) == double && single.sign == double.sign)
      } else if pattern & 0x7F == 0 {
        #expect(double == (pattern >> 15 == 0 ? .infinity : -.infinity) && Double(single) == double)
      } else {
        #expect(double.isNaN && single.isNaN)
      }
    }
    #expect(bits(tensor.converted(to: .float32).converted(to: .bfloat16)) == all)
    // A signalling NaN becomes a quiet one in double precision.
    let back = bits(tensor.converted(to: .float64).converted(to: .bfloat16))
    #expect(zip(all, back).allSatisfy { $0 == $1 || doubles[Int($0)].isNaN && doubles[Int($1)].isNaN })
    #expect(tensor.converted(to: .bfloat16).storage.sharesMemory(with: tensor.storage))
  }

  @Test func floatsAreRoundedToTheNearest() {
    var sample = SampleValues(seed: 16)
    var floats: [Float] = (0..<30_000).map { _ in Float(bitPattern: UInt32(sample.whole(0...0xFFFF_FFFF))) }
      .filter(\.isFinite)
    // Midpoints and their neighbours; the last of these is where infinity begins.
    for pattern in stride(from: UInt16(0), to: 0x7F80, by: 31) + [0x7F7F] {
      let middle = Float((value(pattern) + value(pattern + 1)) / 2)
      floats += [middle.nextDown, middle, middle.nextUp, -middle]
    }
    let rounded = bits(tensor(floats: floats).converted(to: .bfloat16))
    for (float, found) in zip(floats, rounded) where found != nearest(Double(float)) {
      Issue.record("\(float): \(found), not \(nearest(Double(float)))")
    }
    let values = Tensor(floats.map(Double.init), shape: [floats.count], element: .bfloat16)
    #expect(bits(values) == rounded)
  }

  @Test func doublesAreRoundedOnce() {
    // A float would be on the midpoint, and the second rounding would go to the even number below.
    let values = [
      1 + 0x1p-8 + 0x1p-40, 1 + 0x1p-8, 1 + 0x1p-8 - 0x1p-40, -0x1.017fffffffffp3, 0x1p-134 + 0x1p-180, 0x1p-134,
    ]
    let doubles = Tensor(values, shape: [6], element: .float64)
    #expect(bits(doubles.converted(to: .bfloat16)) == [0x3F81, 0x3F80, 0x3F80, 0xC101, 1, 0])
    #expect(bits(Tensor(values, shape: [6], element: .bfloat16)) == values.map(nearest))
    var sample = SampleValues(seed: 3)
    let random = (0..<10_000).map { _ in
      sample.number(-1...1) * Double(sign: .plus, exponent: sample.whole(-150...130), significand: 1)
    }
    #expect(bits(Tensor(random, shape: [10_000], element: .bfloat16)) == random.map(nearest))
  }

  /// What `torch.tensor(values).to(torch.bfloat16).view(torch.int16)` gives (PyTorch 2.13).
  @Test func roundingIsThatOfPyTorch() {
    let golden: [(Float, UInt16)] = [
      (3.14159265, 0x4049), (-2.71828183, 0xC02E), (1.00390625, 0x3F80), (1.01171875, 0x3F82), (0.1, 0x3DCD),
      (65504, 0x4780), (3.4e38, 0x7F80), (3.3895314e38, 0x7F7F), (3.3961775e38, 0x7F80), (1e-38, 0x6D), (1e-40, 1),
      (9.2e-41, 1), (4.6e-41, 1), (1.4e-45, 0), (-1e-39, 0x800B), (1.0009765625, 0x3F80),
    ]
    #expect(bits(tensor(floats: golden.map(\.0)).converted(to: .bfloat16)) == golden.map(\.1))
  }

  @Test func largeTensorsAreConvertedOnAllThreads() {
    let count = Threads.count
    defer { Threads.count = count }
    let floats = Tensor(uninitialized: [700_001])
    floats.storage.fillNormal(key: 5, streams: [0], columns: floats.count)
    Threads.count = 1
    let one = floats.converted(to: .bfloat16)
    let wide = one.converted(to: .float64)
    Threads.count = 3
    #expect(bits(floats.converted(to: .bfloat16)) == bits(one))
    #expect(one.converted(to: .float64).values == wide.values)
    let sample = Array(stride(from: 0, to: floats.count, by: 997))
    let values = floats.values
    #expect(sample.map { bits(one)[$0] } == sample.map { nearest(values[$0]) })
  }

  @Test func whatATensorKeepsIsMadeAndRead() {
    let numbers: [Double] = [1, -2, 0.5, 3, 100, -0.25]
    let tensor = Tensor(numbers, shape: [3, 2], element: .bfloat16)
    #expect(tensor.element == .bfloat16 && tensor.values == numbers && tensor.floats == numbers.map(Float.init))
    #expect(tensor.storage.withUnsafeBytes(\.count) == 12)
    #expect(tensor[rows: 1..<3].values == [0.5, 3, 100, -0.25] && tensor[rows: 1..<1].count == 0)
    #expect(tensor.rows([2, 0, 2]).values == [100, -0.25, 1, -2, 100, -0.25])
    #expect(tensor.reshaped(to: [6, 1])[rows: 4..<5].scalar == 100)
    #expect(tensor.converted(to: .float32).element == .float32)
    for count in [0, 1, 5, 64] {
      #expect(
        Tensor(repeating: 0.1, shape: [count], element: .bfloat16).values
          == Array(repeating: 0.10009765625, count: count))
    }
    #expect(Tensor(zeros: [2, 2], element: .bfloat16).values == [0, 0, 0, 0])
    var copy = tensor
    copy.storage.makeUnique()
    copy.storage.fill(7)
    #expect(tensor.values == numbers && copy.values == Array(repeating: 7, count: 6))
    copy.storage.assign(converting: tensor.storage)
    #expect(copy.values == numbers)
    #expect(Tensor([1], shape: [], element: .bfloat16).scalar == 1)
  }

  @Test func nothingComputesWithIt() async {
    await #expect(processExitsWith: .success) {
      let tensor = Tensor(repeating: 1, shape: [2, 3], element: .bfloat16)
      expectStop("Tape.constant: a tensor of the shape [2, 3]: bfloat16 only keeps numbers", "constant") {
        _ = Tape().constant(tensor)
      }
      expectStop("Parameter: a tensor of the shape [2, 3]: bfloat16 only keeps numbers", "parameter") {
        _ = Parameter(tensor)
      }
      expectStop("Buffer: a tensor of the shape [2, 3]: bfloat16 only keeps numbers", "buffer") { _ = Buffer(tensor) }
      expectStop("Initializer: weights of the shape [3, 4]: bfloat16 only keeps numbers", "layer") {
        _ = Dense(inputSize: 3, outputSize: 4, key: RandomKey(seed: 0), element: .bfloat16)
      }
      expectStop("an operation of Storage: bfloat16 only keeps numbers", "sum") { _ = tensor.storage.sum() }
      expectStop("ParameterLayout: kernel [3, 4]: bfloat16 only keeps numbers", "layout") {
        var layer = Dense(inputSize: 3, outputSize: 4, key: RandomKey(seed: 0))
        layer.kernel.value = layer.kernel.value.converted(to: .bfloat16)
        _ = ParameterLayout(of: layer)
      }
    }
  }
}
