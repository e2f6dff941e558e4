import Latent

/// Random numbers: a batch's noise of one stream an image, as training draws it, and long rows.
func noiseBenchmarks() {
  let (images, latent) = (128, 16)
  let (streams, batch) = ((0..<images).map { UInt64($0) }, Storage.empty(images * latent))
  measure("normal noise \(images)x\(latent)") { batch.fillNormal(key: 1, streams: streams, columns: latent) }

  let count = 1 << 16
  let noise = Storage.empty(count)
  measure("normal noise 1x\(count)") { noise.fillNormal(key: 1, streams: [0], columns: count) }
  measure("uniform noise \(count)") { noise.fillUniform(key: 1, low: -1, high: 1) }
}
