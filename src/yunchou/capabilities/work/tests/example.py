"""The two tables of the worked example, read from its workbook's words."""

from __future__ import annotations

from datetime import date

from yunchou.capabilities.work.tables import DIVISION, SCHEDULE, AssignmentRow, TaskRow
from yunchou.kernel.sheets.layout import Part, read_part
from yunchou.kernel.sheets.raw import RawSheet
from yunchou.kernel.sheets.values import Context

START, END = date(2024, 7, 15), date(2024, 8, 10)
CONTEXT = Context(year=2024, start=START, end=END)

TASKS = """\
任务名称|负责人|开始时间|结束时间|持续时间|前置任务|状态|关键节点说明
方案最终确认|张|7.15|7.20|5天||已完成|提交总经理审批
物料设计启动|李|7.20|7.25|5天|方案确认|已完成|设计需求明确
物料设计定稿|李|7.25|7.28|3天|物料设计|已完成|设计稿通过审核
物料印刷/采购|周|7.28|8.01|4天|设计定稿|进行中|8月1日前全部到位
高校场地对接|王|7.22|7.26|4天|方案确认|已完成|签订场地使用协议
线上渠道素材准备|张|7.26|7.30|4天|物料设计|进行中|抖音/公众号素材
活动预热启动|全团队|7.31|8.05|5天|渠道素材|进行中|社群转发、广告投放
线下快闪执行|王|8.06|8.10|4天|物料到位|未开始|高校现场活动"""

ASSIGNMENTS = """\
任务模块|具体任务|任务描述|交付标准|负责人|协助人|开始时间|结束时间|状态
策划统筹|活动整体进度把控|每日同步执行进度,协调跨部门问题|每日17:00前提交进度表|张|全团队|7.20|8.10|进行中
设计执行|线上线下物料设计|完成海报、展架、H5邀请函设计|设计稿通过审核,印刷物料按时到位|李|周|7.22|7.28|已完成
线下执行|高校快闪店落地|场地对接、物料运输、现场人员安排|场地合同签订,物料7.30前到位|王|刘|7.25|8.05|进行中
数据跟踪|数据采集与监控|每日统计各渠道线索量、曝光量|每日9:00前提交数据日报|赵|孙|7.26|8.10|进行中
后勤保障|礼品采购与物流|按预算定制礼品,保证活动前到位|礼品质量验收,库存清单更新|周|吴|7.28|8.01|已完成"""

PREDECESSORS = {2: 1, 3: 2, 4: 3, 5: 1, 6: 2, 7: 6, 8: 4}
"""Which task each predecessor means: 前置任务编号 of the source, T1 as 1."""


def sheet(name: str, text: str) -> RawSheet:
    lines = text.splitlines()
    return RawSheet(
        name,
        {
            n: {c: cell for c, cell in enumerate(line.split("|"), 1) if cell}
            for n, line in enumerate(lines, 1)
        },
    )


def task_part(text: str = TASKS) -> Part[TaskRow]:
    return read_part(SCHEDULE, sheet("执行甘特图", text), CONTEXT)[0]


def assignment_part(text: str = ASSIGNMENTS) -> Part[AssignmentRow]:
    return read_part(DIVISION, sheet("执行分工表", text), CONTEXT)[0]
