// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that users of Latent never resolve the benchmark library.
let package = Package(
  name: "KernelBenchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "Latent", path: "../.."),
    // Without its traits: no counting of allocations, which would slow each one down.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
  ],
  targets: [
    // The benchmark command finds targets in folders inside one named Benchmarks.
    .executableTarget(
      name: "KernelBenchmarks",
      dependencies: [
        .product(name: "Latent", package: "Latent"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Benchmarks/KernelBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  ]
)
