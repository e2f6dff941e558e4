import CLatentKernels

/// Discrete Fourier transforms along the middle one of three dimensions: Y[k] = scale sum over j of X[j] exp(-2 pi i j k / n), or
/// with + 2 pi i the inverse. Computed in double.
public struct FourierTransform: Sendable {
  /// What the numbers of a line are.
  public enum Line: Sendable {
    /// n complex numbers, each a real and an imaginary part.
    case complex
    /// n real numbers.
    case real
    /// The first n / 2 + 1 complex numbers of n; the imaginary parts of those that are their own conjugates are 0.
    case half
  }

  /// The numbers of a line.
  public let count: Int
  /// What is read and written.
  public let input: Line, output: Line
  /// Whether it is the inverse transform.
  public let isInverse: Bool
  /// Of an input that is a half, whether the other numbers are the conjugates, or else 0. Of an output that is a half, whether
  /// its numbers are doubled, but for those that are their own conjugates.
  public let countsBoth: Bool
  /// What the sums are multiplied by.
  public let scale: Double

  /// A transform of lines of `count` numbers, at least 1.
  public init(
    count: Int, from input: Line, to output: Line, isInverse: Bool = false, countsBoth: Bool = false, scale: Double = 1
  ) {
    require(count > 0, "Fourier transform: of \(count) numbers; at least 1 is needed")
    (self.count, self.input, self.output) = (count, input, output)
    (self.isInverse, self.countsBoth, self.scale) = (isInverse, countsBoth, scale)
  }

  /// Elements of a line.
  fileprivate func elements(_ line: Line) -> Int {
    switch line {
    case .complex: 2 * count
    case .real: count
    case .half: 2 * (count / 2 + 1)
    }
  }

  /// As the loops take it.
  fileprivate var kernelValue: latent_transform {
    latent_transform(
      n: count, input: input.kernelValue, output: output.kernelValue, inverse: isInverse ? 1 : 0,
      both: countsBoth ? 1 : 0, scale: scale)
  }
}

extension Storage {
  /// self[outer, numbers, inner, parts] = the transform of each line of x[outer, numbers, inner, parts]; complex numbers have two
  /// parts, and real ones none.
  public func assign(_ transform: FourierTransform, of x: Storage, outer: Int, inner: Int) {
    let (from, to) = (transform.elements(transform.input), transform.elements(transform.output))
    require(
      x.count == outer * from * inner && count == outer * to * inner && x.element == element
        && (!sharesMemory(with: x) || count == 0),
      "Fourier transform: \(x.count) elements of \(x.element) into \(count) of \(element), where "
        + "\(outer * from * inner) and \(outer * to * inner) of other memory are meant")
    if outer * inner == 0 { return }
    let (loop, table) = (operations.fourier.transform, FourierTables.table(of: transform.count, operations.fourier))
    let scratchBytes = 8 * operations.fourier.scratch_count(transform.count)
    Threads.cutRows(outer * inner, of: transform.count, least: Threads.leastResults / 8) { lines in
      let scratch = Memory(bytes: scratchBytes)
      var value = transform.kernelValue
      loop(
        &value, table.doublePointer, x.pointer, inner, lines.lowerBound, lines.count,
        scratch.base.assumingMemoryBound(to: Double.self), mutablePointer)
      withExtendedLifetime((scratch, table)) {}
    }
  }

  fileprivate var doublePointer: UnsafePointer<Double> { pointer.assumingMemoryBound(to: Double.self) }
}

/// The sines and cosines of the lengths that were transformed last: a line's transform takes little more time than they do.
private enum FourierTables {
  private static let kept = Locked<[Int: Storage]>([:])
  /// Lengths, and elements of a table, that are worth keeping.
  private static let (mostLengths, mostElements) = (16, 1 << 18)

  static func table(of count: Int, _ loops: latent_fourier_ops) -> Storage {
    if let table = kept.withLock({ $0[count] }) { return table }
    let table = Storage(count: loops.table_count(count), element: .float64)
    let scratch = Storage(count: loops.scratch_count(count), element: .float64)
    loops.make_table(
      count, table.mutablePointer.assumingMemoryBound(to: Double.self),
      scratch.mutablePointer.assumingMemoryBound(to: Double.self))
    if table.count <= mostElements {
      kept.withLock { kept in
        if kept.count >= mostLengths { kept.removeAll() }
        kept[count] = table
      }
    }
    return table
  }
}

extension FourierTransform.Line {
  fileprivate var kernelValue: latent_line {
    switch self {
    case .complex: latent_complex_line
    case .real: latent_real_line
    case .half: latent_half_line
    }
  }
}
