import Latent

extension GradientSum {
  /// What a function makes of neighbouring rows, piece by piece, each piece on all threads: of several processes each takes
  /// some, and all get the results of all, in order. For results that are small.
  ///
  /// - Parameters:
  ///   - count: all rows
  ///   - size: rows of a piece; the last one has what is left
  ///   - label: what people who follow it are told is being done
  package func pieces<Value: Gatherable>(
    of count: Int, size: Int, as label: String, _ body: (Range<Int>) -> Value
  ) -> [Value] {
    let pieces = stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    let work = LongWork(label, total: count)
    guard processes > 1, !pieces.isEmpty else {
      return pieces.map { piece in
        defer { work.advance(to: piece.upperBound) }
        return body(piece)
      }
    }
    let cut = ShardCut(shards: pieces.count, processes: processes)
    let own = cut[process]
    let messages = own.map { piece in
      var message = ShardMessage(as: label)
      body(pieces[piece]).write(to: &message)
      // The others are taken to be as far as this process.
      work.advance(to: (piece - own.lowerBound) * count / own.count)
      return message
    }
    let all = gather(messages, over: cut, nil).map { message in
      var message = message
      return Value(from: &message)
    }
    work.advance(to: count)
    return all
  }
}
