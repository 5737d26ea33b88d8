# Completes command lines of {bin} in bash. It asks {bin} itself what may come next.

__{bin}_complete() {
    # Bash cuts words at = and :, which belong to a word here. Join what no blank separates.
    local rest=$COMP_LINE piece i blanks
    local -a words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        piece=${COMP_WORDS[i]}
        blanks=${rest%%[![:blank:]]*}
        rest=${rest#"$blanks"}
        rest=${rest#"$piece"}
        if ((${#words[@]} == 0)) || [[ -n $blanks ]]; then
            words+=("$piece")
        else
            words[${#words[@]} - 1]+=$piece
        fi
    done
    local current=${words[${#words[@]} - 1]}

    local line directive=0
    local -a candidates=() hints=()
    while IFS= read -r line; do
        case $line in
            :[0-9]*) directive=${line#:} ;;
            _activeHelp_\ *) hints+=("${line#_activeHelp_ }") ;;
            *) candidates+=("$line") ;;
        esac
    done < <("${words[0]}" {request} "${words[@]:1}" 2>/dev/null)
    ((directive & 1)) && return

    # Bash replaces only what it took for the last word.
    if [[ $current == -*=* ]]; then
        current=${current#*=}
    fi
    local kept=
    if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then
        kept=${current%"${current##*:}"}
    fi

    local -a fitting=()
    local widest=0 value
    for line in "${candidates[@]}"; do
        value=${line%%$'\t'*}
        if [[ $value == "$current"* ]]; then
            fitting+=("$line")
            ((${#value} > widest)) && widest=${#value}
        fi
    done
    COMPREPLY=()
    for line in "${fitting[@]}"; do
        value=${line%%$'\t'*}
        if ((${#fitting[@]} > 1)) && [[ $line == *$'\t'* && ${COMP_TYPE:-9} != 37 ]]; then
            printf -v value "%-${widest}s  (%s)" "$value" "${line#*$'\t'}"
            value=${value:0:${COLUMNS:-80}}
        fi
        COMPREPLY+=("${value#"$kept"}")
    done
    if ((${#fitting[@]} == 0 && ${#hints[@]} > 0)) && ((${COMP_TYPE:-9} != 37)); then
        printf '\n%s' "${hints[@]}"
        printf '\n%s' "${PS1@P}$COMP_LINE"
    fi
    if ((directive & 2)); then
        compopt -o nospace 2>/dev/null
    fi
    if ((${#COMPREPLY[@]} == 0 && !(directive & 4))); then
        local kind=-f
        ((directive & 16)) && kind=-d
        while IFS= read -r line; do
            COMPREPLY+=("$line")
        done < <(compgen "$kind" -- "$current")
        compopt -o filenames 2>/dev/null
    fi
}

complete -F __{bin}_complete {bin}
