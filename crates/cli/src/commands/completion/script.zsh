#compdef {bin}
# Completes command lines of {bin} in zsh. It asks {bin} itself what may come next.

_{bin}() {
    local line value directive=0
    local -a described
    local -a given=("${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")
    while IFS= read -r line; do
        case $line in
            :[0-9]*) directive=${line#:} ;;
            _activeHelp_\ *) _message -- "${line#_activeHelp_ }" ;;
            *)
                # A colon would begin the description.
                value=${${line%%$'\t'*}//:/\\:}
                if [[ $line == *$'\t'* ]]; then
                    described+=("$value:${line#*$'\t'}")
                else
                    described+=("$value")
                fi
                ;;
        esac
    done < <("${(Q)words[1]}" {request} "${given[@]}" 2>/dev/null)
    ((directive & 1)) && return 1

    # Only what follows the sign is completed in --flag=value.
    [[ $PREFIX == -*=* ]] && compset -P '*='
    local -a options=()
    ((directive & 2)) && options+=(-S '')
    ((directive & 32)) && options=(-V "${options[@]}")
    if ((${#described})); then
        _describe completions described "${options[@]}" && return 0
    fi
    ((directive & 4)) && return 1
    if ((directive & 16)); then
        _files -/
    else
        _files
    fi
}

# Sourced, the function is bound here; read from $fpath, it is called.
if [[ $funcstack[1] == _{bin} ]]; then
    _{bin}
else
    compdef _{bin} {bin}
fi
