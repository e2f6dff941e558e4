import ArgumentParser
@main struct VAEBench: ParsableCommand { func run() {} }
