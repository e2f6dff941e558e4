/// A reader of what others wrote, to be called with any bytes: it may refuse them with an error, and nothing else.
public struct FuzzTarget: Sendable {
  /// What the command line and the corpus's folder call it.
  public let name: String
  /// Sound inputs to begin with.
  public let seeds: @Sendable () -> [[UInt8]]
  /// Words of the format, which mutations put in.
  public let words: [String]
  /// The most bytes that a changed input may have.
  public var longest = 1 << 16
  /// Reads an input, uses all that it gives, and stops the process where a promise is broken.
  public let run: @Sendable ([UInt8]) -> Void

  /// All readers of files, and of the texts in them.
  public static let all: [FuzzTarget] =
    [
      images, compressedImages, safetensors, npy, npz, model, checkpoint, history, lossSums, optionValues, json,
      digests, animation, onnx, weights, foreign, series, lines, intervals, png, jpeg, plan,
    ]

  /// The target of this name.
  public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Stops the process where something that must hold does not.
func promise(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fatalError(message()) }
}
