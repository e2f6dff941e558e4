import Latent

/// Making a batch: 128 images' bytes from all over the data set, as numbers in 0...1.
func batchBenchmarks() {
  let (images, rows, columns) = (42_000, 128, 784)
  let pixels = (0..<images * columns).map { UInt8(truncatingIfNeeded: $0) }
  let indices = Array(RandomKey(seed: 1).permutation(of: images).prefix(rows))
  let batch = Storage.empty(rows * columns)
  measure("gather \(rows)x\(columns)") {
    pixels.withUnsafeBufferPointer { batch.gather($0, images: indices, columns: columns, scale: 1 / 255) }
  }
}
