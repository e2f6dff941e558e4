import Foundation

func sine(_ x: Double) -> Double { sin(x) }
func logarithm(_ x: Double) -> Double { log(x) }
func exponential(_ x: Double) -> Double { exp(x) }
