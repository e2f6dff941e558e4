import Benchmark
import Latent

/// What the benchmark runner looks for: registers every benchmark.
let benchmarks: @Sendable () -> Void = {
  BLAS.useOneThread()  // as in training, where the workers are the parallelism
  Benchmark.defaultConfiguration = Settings.configuration
  productBenchmarks()
  packedProductBenchmarks()
  lstmBenchmarks()
  functionBenchmarks()
  arithmeticBenchmarks()
  biasBenchmarks()
  lossBenchmarks()
  gaussianBenchmarks()
  optimizerBenchmarks()
  noiseBenchmarks()
  batchBenchmarks()
  tapeBenchmarks()
}
