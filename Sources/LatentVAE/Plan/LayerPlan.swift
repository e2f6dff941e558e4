import Latent
import LatentData
import LatentFiles

/// A layer of a ``ModelPlan``, by what a person decides of it: what it reads follows from the layer before.
///
/// As JSON: `{"kind": "dense", "name": "hidden", "units": 256, "activation": "relu"}`.
public struct LayerPlan: Sendable, Equatable {
  /// What a layer does, with its own sizes.
  public enum Kind: Sendable, Equatable {
    /// [..., I] -> [..., units]
    case dense(units: Int, activation: Activation = .linear)
    /// [T, D] -> [units], or [T, units] where it returns the sequence; both directions give twice the units.
    case recurrent(RecurrentCell, units: Int, returnsSequence: Bool = false, isBidirectional: Bool = false)
    /// [height, width, C] -> [ceil(height / stride), ceil(width / stride), filters]. Of a series seen as images of one
    /// column, a kernel one column wide is a convolution over time.
    case convolution(filters: Int, kernel: Size2D = 3, stride: Size2D = 2, activation: Activation = .relu)
    /// [height, width, C] -> [size, filters], where a convolution makes [height, width] of size: height stride and width
    /// stride, or less by less than a stride. nil is [height stride, width stride].
    case transposedConvolution(
      filters: Int, kernel: Size2D = 3, stride: Size2D = 2, size: Size2D? = nil, activation: Activation = .relu)
    /// [...] -> [n]
    case flatten
    /// [n], or an image's [height, width channels] -> [height, width, channels]
    case images(height: Int, width: Int, channels: Int)
    /// [n] -> [count, n]
    case repeated(count: Int)
    /// The tokens of a text, [T, 1] -> [T, units], a vector of its own for each of the vocabulary.
    case embedding(units: Int)
    /// Teacher forcing: [n] -> [T, n + D], at each step what stands before it and the step before of the example. While
    /// training, what is read of the example is 0 with the probability of word dropout. Of a text, D is the units of an
    /// embedding of its tokens. See ``Decoder``.
    case teacherForcing(wordDropout: Double = 0, units: Int? = nil)
    /// [..., D] -> [..., 2 D]: the example, 0 where a value is missing, and beside it 1 where a value is known and 0 where it is
    /// missing. The first of an encoder's layers, but for those that give the example another shape.
    case maskChannel
  }

  /// Its name in the paths of its parameters.
  public var name: String
  /// What it does.
  public var kind: Kind

  public init(_ name: String, _ kind: Kind) { (self.name, self.kind) = (name, kind) }
}

/// The cells of recurrent layers.
public enum RecurrentCell: String, Sendable, Codable, CaseIterable {
  /// ``Latent/LSTM``
  case lstm
  /// ``Latent/GRU``
  case gru
}

extension LayerPlan: CustomStringConvertible {
  /// `Dense(256, relu)`, `bidirectional LSTM(128)`
  public var description: String {
    func activated(_ text: String, _ activation: Activation) -> String {
      activation == .linear ? text : "\(text), \(activation.rawValue)"
    }
    switch kind {
    case .dense(let units, let activation): return "Dense(\(activated("\(units)", activation)))"
    case .recurrent(let cell, let units, _, let isBidirectional):
      return (isBidirectional ? "bidirectional " : "") + "\(cell.rawValue.uppercased())(\(units))"
    case .convolution(let filters, let kernel, let stride, let activation):
      return "Conv2D(\(activated("\(filters), \(kernel.sides), stride \(stride.brief)", activation)))"
    case .transposedConvolution(let filters, let kernel, let stride, let size, let activation):
      let sizes = "\(filters), \(kernel.sides), stride \(stride.brief)" + (size.map { ", to \($0.sides)" } ?? "")
      return "Conv2DTranspose(\(activated(sizes, activation)))"
    case .flatten: return "Flatten()"
    case .images(let height, let width, let channels): return "Images(\(height), \(width), \(channels))"
    case .repeated(let count): return "Repeat(\(count))"
    case .embedding(let units): return "Embedding(\(units))"
    case .teacherForcing(let wordDropout, _):
      return wordDropout == 0 ? "teacher forcing" : "teacher forcing, word dropout \(wordDropout)"
    case .maskChannel: return "mask channel"
    }
  }
}

extension LayerPlan: Codable {
  private enum Name: String, CaseIterable {
    case dense, lstm, gru, convolution, flatten, images, embedding
    case transposedConvolution = "transposed_convolution"
    case repeated = "repeat"
    case teacherForcing = "teacher_forcing"
    case maskChannel = "mask_channel"
  }

  private enum Key: String, CodingKey, CaseIterable {
    case kind, name, units, activation, bidirectional, filters, kernel, stride, height, width, channels, count, size
    case returnsSequence = "returns_sequence"
    case wordDropout = "word_dropout"
  }

  public init(from decoder: any Swift.Decoder) throws {
    let fields = try StrictFields<Key>(decoder)
    let name = try fields.oneOf(Name.self, .kind)
    self.name = try fields.value(.name, else: name.rawValue, "a text")
    guard !self.name.isEmpty, self.name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else {
      throw fields.wrong(.name, "a name of letters and digits")
    }
    func activation(else usual: Activation) throws -> Activation {
      try fields.oneOf(Activation.self, .activation, else: usual)
    }
    func area(_ key: Key, else usual: Size2D?) throws -> Size2D { try fields.value(key, else: usual, Size2D.whatItIs) }
    switch name {
    case .dense:
      try fields.allow([.kind, .name, .units, .activation])
      kind = .dense(units: try fields.size(.units), activation: try activation(else: .linear))
    case .lstm, .gru:
      try fields.allow([.kind, .name, .units, .returnsSequence, .bidirectional])
      kind = .recurrent(
        name == .lstm ? .lstm : .gru, units: try fields.size(.units),
        returnsSequence: try fields.value(.returnsSequence, else: false, "true or false"),
        isBidirectional: try fields.value(.bidirectional, else: false, "true or false"))
    case .convolution:
      try fields.allow([.kind, .name, .filters, .kernel, .stride, .activation])
      kind = .convolution(
        filters: try fields.size(.filters), kernel: try area(.kernel, else: 3), stride: try area(.stride, else: 2),
        activation: try activation(else: .relu))
    case .transposedConvolution:
      try fields.allow([.kind, .name, .filters, .kernel, .stride, .size, .activation])
      kind = .transposedConvolution(
        filters: try fields.size(.filters), kernel: try area(.kernel, else: 3), stride: try area(.stride, else: 2),
        size: fields.container.contains(.size) ? try area(.size, else: nil) : nil,
        activation: try activation(else: .relu))
    case .flatten:
      try fields.allow([.kind, .name])
      kind = .flatten
    case .images:
      try fields.allow([.kind, .name, .height, .width, .channels])
      kind = .images(
        height: try fields.size(.height), width: try fields.size(.width), channels: try fields.size(.channels, else: 1))
    case .repeated:
      try fields.allow([.kind, .name, .count])
      kind = .repeated(count: try fields.size(.count))
    case .embedding:
      try fields.allow([.kind, .name, .units])
      kind = .embedding(units: try fields.size(.units))
    case .teacherForcing:
      try fields.allow([.kind, .name, .wordDropout, .units])
      kind = .teacherForcing(
        wordDropout: try ModelRecipe.wordDropout(fields, .wordDropout) ?? 0,
        units: fields.container.contains(.units) ? try fields.size(.units) : nil)
    case .maskChannel:
      try fields.allow([.kind, .name])
      kind = .maskChannel
    }
  }

  public func encode(to encoder: any Swift.Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    func put(_ kind: Name) throws {
      try fields.encode(kind.rawValue, forKey: .kind)
      if name != kind.rawValue { try fields.encode(name, forKey: .name) }
    }
    func put(_ activation: Activation) throws { try fields.encode(activation.rawValue, forKey: .activation) }
    func put(filters: Int, kernel: Size2D, stride: Size2D, _ activation: Activation) throws {
      try fields.encode(filters, forKey: .filters)
      try fields.encode(kernel, forKey: .kernel)
      try fields.encode(stride, forKey: .stride)
      try put(activation)
    }
    switch kind {
    case .dense(let units, let activation):
      try put(.dense)
      try fields.encode(units, forKey: .units)
      try put(activation)
    case .recurrent(let cell, let units, let returnsSequence, let isBidirectional):
      try put(cell == .lstm ? .lstm : .gru)
      try fields.encode(units, forKey: .units)
      try fields.encode(returnsSequence, forKey: .returnsSequence)
      try fields.encode(isBidirectional, forKey: .bidirectional)
    case .convolution(let filters, let kernel, let stride, let activation):
      try put(.convolution)
      try put(filters: filters, kernel: kernel, stride: stride, activation)
    case .transposedConvolution(let filters, let kernel, let stride, let size, let activation):
      try put(.transposedConvolution)
      if let size { try fields.encode(size, forKey: .size) }
      try put(filters: filters, kernel: kernel, stride: stride, activation)
    case .flatten: try put(.flatten)
    case .images(let height, let width, let channels):
      try put(.images)
      try fields.encode(height, forKey: .height)
      try fields.encode(width, forKey: .width)
      try fields.encode(channels, forKey: .channels)
    case .repeated(let count):
      try put(.repeated)
      try fields.encode(count, forKey: .count)
    case .embedding(let units):
      try put(.embedding)
      try fields.encode(units, forKey: .units)
    case .teacherForcing(let wordDropout, let units):
      try put(.teacherForcing)
      try fields.encode(wordDropout, forKey: .wordDropout)
      try fields.encodeIfPresent(units, forKey: .units)
    case .maskChannel: try put(.maskChannel)
    }
  }
}
