/// Why a text is not JSON that advault takes. Offsets are bytes from the beginning.
package enum JSONFault: Error, Equatable, Sendable {
    /// Nothing but white space.
    case empty
    /// Ends inside a value: cut off.
    case cutOff
    /// Not RFC 8259 at this byte.
    case syntax(at: Int)
    /// More than 8 arrays and objects inside each other.
    case tooDeep
    /// The same member name twice in one object, escapes resolved.
    case duplicateKey(at: Int)
    /// Over 64 KiB.
    case tooLarge
    /// Over 256 members in an object.
    case tooManyMembers
    /// Not UTF-8, or half a surrogate pair.
    case encoding(at: Int)
    /// A number that is no integer of 64 bits, where integers alone are taken.
    case notAnInteger(at: Int)
}
