#include "chat/built_in_templates.h"

#include <freshet/chat.h>

#include <algorithm>
#include <array>

namespace freshet {
namespace {

/// The family's ChatML, for files without a template of their own: messages as they are, a list of
/// tools in the system message, results of tools between their marks, calls as Python has them.
/// Earlier thinking is left out, as the family's own templates do.
constexpr std::string_view kChatml = R"jinja(
{%- macro text_of(content) -%}
  {%- if content is string -%}
    {{- content -}}
  {%- elif content -%}
    {%- for part in content -%}
      {%- if part is string -%}
        {{- part -}}
      {%- elif part.type == "text" -%}
        {{- part.text -}}
      {%- else -%}
        {{- "<image>" if "image" in part.type else part | tojson -}}
      {%- endif -%}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro -%}

{%- macro call_of(call) -%}
  {%- set function = call.function if call.function is defined else call -%}
  {{- function.name -}} (
  {%- for name, value in (function.arguments or {}) | items -%}
    {{- ", " if not loop.first -}} {{- name -}} = {{- value | tojson -}}
  {%- endfor -%}
  )
{%- endmacro -%}

{{- bos_token -}}
{%- set ns = namespace(system="", last_user=-1) -%}
{%- if messages and messages[0].role == "system" -%}
  {%- set ns.system = text_of(messages[0].content) -%}
  {%- set messages = messages[1:] -%}
{%- endif -%}
{%- if tools -%}
  {%- set ns.system = ns.system ~ ("\n" if ns.system) ~ "List of tools: <|tool_list_start|>" ~
                      (tools | tojson) ~ "<|tool_list_end|>" -%}
{%- endif -%}
{%- if ns.system -%}
  {{- "<|im_start|>system\n" ~ ns.system ~ "<|im_end|>\n" -}}
{%- endif -%}
{%- for message in messages if message.role == "user" -%}
  {%- set ns.last_user = loop.index0 -%}
{%- endfor -%}
{%- set ns.n_users = 0 -%}
{%- for message in messages -%}
  {{- "<|im_start|>" ~ message.role ~ "\n" -}}
  {%- if message.role == "user" -%}
    {%- set ns.n_users = ns.n_users + 1 -%}
  {%- endif -%}
  {%- set content = text_of(message.content) -%}
  {%- if message.role == "tool" -%}
    {{- "<|tool_response_start|>" ~ content ~ "<|tool_response_end|>" -}}
  {%- elif message.role == "assistant" -%}
    {%- set is_current = ns.n_users > ns.last_user -%}
    {%- if is_current and message.thinking -%}
      {{- "<think>" ~ message.thinking ~ "</think>" -}}
    {%- endif -%}
    {{- content if is_current or "</think>" not in content
        else content.split("</think>")[-1] | trim -}}
    {%- if message.tool_calls -%}
      {{- "<|tool_call_start|>[" -}}
      {%- for call in message.tool_calls -%}
        {{- ", " if not loop.first -}} {{- call_of(call) -}}
      {%- endfor -%}
      {{- "]<|tool_call_end|>" -}}
    {%- endif -%}
  {%- else -%}
    {{- content -}}
  {%- endif -%}
  {{- "<|im_end|>\n" -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
  {{- "<|im_start|>assistant\n" -}}
{%- endif -%}
)jinja";

constexpr std::array kTemplates = {BuiltInTemplate{"chatml", kChatml}};
constexpr std::array<std::string_view, kTemplates.size()> kNames = {kTemplates[0].name};

}  // namespace

std::span<const BuiltInTemplate> built_in_templates() noexcept { return kTemplates; }

std::span<const std::string_view> ChatTemplate::built_in_names() noexcept { return kNames; }

}  // namespace freshet
