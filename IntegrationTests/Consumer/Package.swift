// swift-tools-version: 6.2
import PackageDescription

// A client, which knows Latent by a version and a URL, as any client does. scripts/check-consumer names the URL.
let libraries = [
  "Latent", "LatentFiles", "LatentData", "LatentVAE", "LatentTraining", "LatentMeasures", "LatentAnomalies",
  "LatentReport",
  "LatentRun",
]

let package = Package(
  name: "Consumer",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: Context.environment["LATENT_REPOSITORY"] ?? "file:///Latent", from: "0.1.0", traits: [])
  ],
  targets: [
    .executableTarget(name: "Consumer", dependencies: libraries.map { .product(name: $0, package: "Latent") })
  ]
)
