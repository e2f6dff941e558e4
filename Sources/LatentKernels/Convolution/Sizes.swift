/// A number for each direction of images: pixels of a kernel or a window, from one to the next, or how often. `3` is the same down and
/// across; `[3, 5]` is 3 down and 5 across.
///
///     Conv2D(inputChannels: 1, outputChannels: 32, kernelSize: [3, 5], strides: 2, key: key)
///     MaxPool2D(size: Size2D(window))
public struct Size2D: Hashable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral,
  CustomStringConvertible
{
  /// Down.
  public var height: Int
  /// Across.
  public var width: Int

  public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

  /// The same down and across.
  public init(_ both: Int) { self.init(height: both, width: both) }

  public init(integerLiteral both: Int) { self.init(both) }

  /// Down, then across.
  public init(arrayLiteral sizes: Int...) {
    require(sizes.count == 2, "Size2D: \(sizes) has \(sizes.count) numbers; needs [height, width]")
    self.init(height: sizes[0], width: sizes[1])
  }

  package var isPositive: Bool { height > 0 && width > 0 }

  public var description: String { "[\(height), \(width)]" }
}

/// A number for each direction of volumes: `3` is the same in all three; `[2, 3, 5]` is 2 in depth, 3 down and 5 across.
public struct Size3D: Hashable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral,
  CustomStringConvertible
{
  /// From slice to slice.
  public var depth: Int
  /// Down.
  public var height: Int
  /// Across.
  public var width: Int

  public init(depth: Int, height: Int, width: Int) {
    (self.depth, self.height, self.width) = (depth, height, width)
  }

  /// The same in all directions.
  public init(_ all: Int) { self.init(depth: all, height: all, width: all) }

  public init(integerLiteral all: Int) { self.init(all) }

  /// In depth, down, then across.
  public init(arrayLiteral sizes: Int...) {
    require(sizes.count == 3, "Size3D: \(sizes) has \(sizes.count) numbers; needs [depth, height, width]")
    self.init(depth: sizes[0], height: sizes[1], width: sizes[2])
  }

  package var isPositive: Bool { depth > 0 && height > 0 && width > 0 }

  public var description: String { "[\(depth), \(height), \(width)]" }
}
