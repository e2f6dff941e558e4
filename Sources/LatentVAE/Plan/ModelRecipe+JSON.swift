import Latent
import LatentFiles

/// As JSON:
///
///     {
///       "encoder": {"kind": "recurrent", "cell": "lstm", "units": 256, "cells": 1, "bidirectional": false},
///       "latent_size": 16,
///       "decoder": {"kind": "dense", "units": [256], "activation": "relu"}
///     }
///
/// With teacher forcing there is also `"word_dropout": 0.3`, or 0, of texts `"embedding_size": 32` where that is not 64,
/// and with a mask channel, `"mask_channel": true`.
extension ModelRecipe: Codable {
  private enum Key: String, CodingKey, CaseIterable {
    case encoder, decoder
    case latentSize = "latent_size"
    case wordDropout = "word_dropout"
    case maskChannel = "mask_channel"
    case embeddingSize = "embedding_size"
  }

  public init(from decoder: any Swift.Decoder) throws {
    let fields = try StrictFields<Key>(decoder)
    self.init(
      encoder: try fields.container.decode(Part.self, forKey: .encoder), latentSize: try fields.size(.latentSize),
      decoder: try fields.container.decode(Part.self, forKey: .decoder),
      wordDropout: try Self.wordDropout(fields, .wordDropout),
      maskChannel: try fields.value(.maskChannel, else: false, "true or false"),
      embeddingSize: fields.container.contains(.embeddingSize) ? try fields.size(.embeddingSize) : nil)
  }

  /// A probability below 1; nil where there is none.
  static func wordDropout<Key>(_ fields: StrictFields<Key>, _ key: Key) throws -> Double? {
    guard fields.container.contains(key) else { return nil }
    let rate: Double = try fields.value(key, "a number from 0 to below 1")
    guard rate >= 0, rate < 1 else { throw fields.wrong(key, "a number from 0 to below 1") }
    return rate
  }

  public func encode(to encoder: any Swift.Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    try fields.encode(self.encoder, forKey: .encoder)
    try fields.encode(latentSize, forKey: .latentSize)
    try fields.encode(self.decoder, forKey: .decoder)
    try fields.encodeIfPresent(wordDropout, forKey: .wordDropout)
    if maskChannel { try fields.encode(true, forKey: .maskChannel) }
    try fields.encodeIfPresent(embeddingSize, forKey: .embeddingSize)
  }
}

extension ModelRecipe.Part: Codable {
  private enum Kind: String, CaseIterable { case dense, recurrent, convolution }
  private enum Key: String, CodingKey, CaseIterable {
    case kind, units, activation, cell, cells, bidirectional, filters, kernel
    case overSteps = "over_steps"
  }

  public init(from decoder: any Swift.Decoder) throws {
    let fields = try StrictFields<Key>(decoder)
    func sizes(_ key: Key) throws -> [Int] {
      let sizes: [Int] = try fields.value(key, "a list of sizes")
      guard sizes.allSatisfy({ (1...1 << 20).contains($0) }), sizes.count <= 64 else {
        throw fields.wrong(key, "a list of sizes")
      }
      return sizes
    }
    switch try fields.oneOf(Kind.self, .kind) {
    case .dense:
      try fields.allow([.kind, .units, .activation])
      self = .dense(try sizes(.units), try fields.oneOf(Activation.self, .activation, else: .relu))
    case .recurrent:
      try fields.allow([.kind, .cell, .units, .cells, .bidirectional])
      let cells = try fields.size(.cells, else: 1)
      guard cells <= 64 else { throw fields.wrong(.cells, "a whole number from 1 to 64") }
      self = .recurrent(
        try fields.oneOf(RecurrentCell.self, .cell, else: .lstm), units: try fields.size(.units), cells: cells,
        isBidirectional: try fields.value(.bidirectional, else: false, "true or false"))
    case .convolution:
      try fields.allow([.kind, .filters, .kernel, .units, .overSteps])
      self = .convolution(
        try sizes(.filters), kernel: try fields.size(.kernel, else: 3), units: try fields.size(.units, else: 16),
        overSteps: try fields.value(.overSteps, else: false, "true or false"))
    }
  }

  public func encode(to encoder: any Swift.Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    switch self {
    case .dense(let units, let activation):
      try fields.encode(Kind.dense.rawValue, forKey: .kind)
      try fields.encode(units, forKey: .units)
      try fields.encode(activation.rawValue, forKey: .activation)
    case .recurrent(let cell, let units, let cells, let isBidirectional):
      try fields.encode(Kind.recurrent.rawValue, forKey: .kind)
      try fields.encode(cell.rawValue, forKey: .cell)
      try fields.encode(units, forKey: .units)
      try fields.encode(cells, forKey: .cells)
      try fields.encode(isBidirectional, forKey: .bidirectional)
    case .convolution(let filters, let kernel, let units, let overSteps):
      try fields.encode(Kind.convolution.rawValue, forKey: .kind)
      if overSteps { try fields.encode(true, forKey: .overSteps) }
      try fields.encode(filters, forKey: .filters)
      try fields.encode(kernel, forKey: .kernel)
      try fields.encode(units, forKey: .units)
    }
  }
}
