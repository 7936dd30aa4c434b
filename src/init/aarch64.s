// Emitted by .ci/init from main.rs: rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)
.Lbelljar_begin_program:
	sub	sp, sp, #48
	stp	x29, x30, [sp, #16]
	str	x19, [sp, #32]
	add	x29, sp, #16
	mov	w8, #1
	ldr	x1, [x0, #4096]
	mov	x19, x0
	stp	x8, x0, [sp]
	mov	x0, sp
	bl	.Lbelljar_run
	mov	w8, #4172
	str	w0, [x19, #4176]
	add	x8, x19, x8
	stlr	w1, [x8]
	ldr	x8, [x19, #4192]
	tbnz	x8, #63, .Lbelljar_BB0_4
	mov	w8, #4184
	add	x8, x19, x8
	ldar	w8, [x8]
	cbnz	w8, .Lbelljar_BB0_3
	add	x8, x19, #4095, lsl #12
	ldrb	wzr, [x8]
.Lbelljar_BB0_3:
	isb
	b	.Lbelljar_BB0_3
.Lbelljar_BB0_4:
	bl	.Lbelljar_exit
.Lbelljar_program_begins:
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	bl	.Lbelljar_begin_program
.Lbelljar_words:
	ret
.Lbelljar_begin:
	sub	sp, sp, #112
	add	x8, x0, #96
	stp	x29, x30, [sp, #96]
	add	x29, sp, #96
	stp	x8, xzr, [sp, #40]
	mov	x8, #-1
	ldr	x1, [x0]
	str	x8, [sp, #56]
	add	x8, sp, #8
	str	x0, [sp, #32]
	sub	x0, x29, #16
	stp	xzr, xzr, [sp, #64]
	str	xzr, [sp, #8]
	stp	xzr, x8, [x29, #-16]
	bl	.Lbelljar_run
	mov	w2, w0
	mov	w3, w1
	add	x0, sp, #8
	mov	w1, #-1
	bl	.Lbelljar_fail
.Lbelljar_exit:
	stp	x29, x30, [sp, #-16]!
	mov	x0, xzr
	mov	w8, #94
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	mov	x29, sp
	udf	#0
	brk	#0x1
.Lbelljar_clock:
	stp	xzr, xzr, [sp, #-16]!
	mov	x1, sp
	mov	w8, #113
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	ldp	x8, x10, [sp], #16
	mov	w9, #51712
	movk	w9, #15258, lsl #16
	madd	x0, x8, x9, x10
	ret
.Lbelljar_close:
	tbnz	x0, #63, .Lbelljar_BB6_2
	mov	w8, #57
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	ret
.Lbelljar_BB6_2:
	ret
.Lbelljar_signal:
	mov	w8, #129
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	ret
.Lbelljar_run:
	sub	sp, sp, #240
	stp	x29, x30, [sp, #144]
	stp	x28, x27, [sp, #160]
	stp	x26, x25, [sp, #176]
	stp	x24, x23, [sp, #192]
	stp	x22, x21, [sp, #208]
	stp	x20, x19, [sp, #224]
	add	x29, sp, #144
	ldr	x23, [x0, #8]
	sub	x8, x29, #40
	mov	w9, #4168
	ldr	w26, [x0]
	mov	w24, #16960
	mov	w10, wzr
	mov	w20, #200
	add	x27, x8, #16
	add	x17, x23, x9
	mov	w28, #4100
	mov	w18, #4097
	mov	w6, #4098
	movk	w24, #15, lsl #16
	mov	w22, #4102
	mov	w7, #4101
	mov	w30, #4103
	mov	w25, #2
	add	x19, sp, #48
	str	x1, [sp, #24]
	str	wzr, [sp, #20]
	str	x0, [sp, #8]
	str	x17, [sp, #32]
.Lbelljar_BB8_1:
	mov	w9, #72
	ldr	x8, [sp, #24]
	str	w10, [sp, #44]
	umaddl	x21, w10, w9, x8
.Lbelljar_BB8_2:
	ldur	q0, [x21, #24]
	ldur	q1, [x21, #40]
	mov	x8, xzr
	ldur	q2, [x21, #56]
	stp	q0, q1, [sp, #48]
	str	q2, [sp, #80]
.Lbelljar_BB8_3:
	ldrb	w9, [x21, #4]
	lsr	w9, w9, w8
	tbz	w9, #0, .Lbelljar_BB8_5
	ldr	x9, [x19, x8, lsl #3]
	ldar	x9, [x9]
	str	x9, [x19, x8, lsl #3]
.Lbelljar_BB8_5:
	add	x8, x8, #1
	cmp	x8, #6
	b.ne	.Lbelljar_BB8_3
	ldr	w8, [x21]
	cmp	w8, w28
	b.le	.Lbelljar_BB8_16
	cmp	w8, w22
	b.le	.Lbelljar_BB8_20
	cmp	w8, w30
	b.eq	.Lbelljar_BB8_36
	mov	w9, #4104
	cmp	w8, w9
	b.eq	.Lbelljar_BB8_30
	mov	w9, #4105
	cmp	w8, w9
	b.ne	.Lbelljar_BB8_39
	tbz	w26, #0, .Lbelljar_BB8_39
	ldr	x0, [x23, #4216]
	ldr	x13, [x23, #4120]
	cbz	x13, .Lbelljar_BB8_44
	mov	x10, xzr
	mov	x9, xzr
	mov	x12, xzr
	mov	w8, #1
	mov	x11, x0
.Lbelljar_BB8_14:
	ldr	x14, [x23, #4104]
	add	x14, x10, x14
	ldar	x14, [x14]
	ldr	x15, [x23, #4128]
	add	x15, x10, x15
	add	x10, x10, #8
	ldar	x15, [x15]
	add	x16, x15, #1
	cmp	x16, x9
	csinc	x9, x9, x15, ls
	cmp	x14, x11
	csel	x11, x14, x11, hi
	cmp	x14, x15
	ccmp	x12, x15, #0, eq
	add	x12, x12, #1
	cset	w14, eq
	cmp	x13, x12
	and	w8, w8, w14
	b.ne	.Lbelljar_BB8_14
	cmp	x9, x11
	csel	x11, x9, x11, hi
	b	.Lbelljar_BB8_45
.Lbelljar_BB8_16:
	cmp	w8, w18
	b.le	.Lbelljar_BB8_24
	cmp	w8, w6
	b.eq	.Lbelljar_BB8_37
	mov	w9, #4099
	cmp	w8, w9
	b.ne	.Lbelljar_BB8_38
	ldr	x8, [sp, #48]
	b	.Lbelljar_BB8_35
.Lbelljar_BB8_20:
	cmp	w8, w7
	b.eq	.Lbelljar_BB8_29
	cmp	w8, w22
	b.ne	.Lbelljar_BB8_39
	tbnz	w26, #0, .Lbelljar_BB8_39
	mov	x0, x23
	mov	x1, xzr
	bl	.Lbelljar_open
	b	.Lbelljar_BB8_28
.Lbelljar_BB8_24:
	cmp	w8, #1, lsl #12
	b.eq	.Lbelljar_BB8_33
	cmp	w8, w18
	b.ne	.Lbelljar_BB8_39
	tbnz	w26, #0, .Lbelljar_BB8_39
	mov	x0, x23
	mov	x1, xzr
	bl	.Lbelljar_start
.Lbelljar_BB8_28:
	ldr	x17, [sp, #32]
	mov	w30, #4103
	mov	w7, #4101
	mov	w6, #4098
	mov	w18, #4097
	b	.Lbelljar_BB8_40
.Lbelljar_BB8_29:
	tbnz	w26, #0, .Lbelljar_BB8_68
	b	.Lbelljar_BB8_39
.Lbelljar_BB8_30:
	tbz	w26, #0, .Lbelljar_BB8_32
	ldr	w8, [x23, #4180]
	cbnz	w8, .Lbelljar_BB8_73
.Lbelljar_BB8_32:
	ldp	x0, x1, [sp, #48]
	mov	w8, #64
	ldr	x2, [sp, #64]
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	b	.Lbelljar_BB8_40
.Lbelljar_BB8_33:
	ldp	x8, x9, [sp, #48]
	ldar	x8, [x8]
	ldr	x10, [sp, #64]
	and	x8, x9, x8
	cmp	x8, x10
	b.eq	.Lbelljar_BB8_73
	ldr	x8, [sp, #72]
.Lbelljar_BB8_35:
	neg	x0, x8
	b	.Lbelljar_BB8_40
.Lbelljar_BB8_36:
	tbnz	w26, #0, .Lbelljar_BB8_72
	b	.Lbelljar_BB8_39
.Lbelljar_BB8_37:
	tbz	w26, #0, .Lbelljar_BB8_81
	b	.Lbelljar_BB8_39
.Lbelljar_BB8_38:
	cmp	w8, w28
	b.eq	.Lbelljar_BB8_78
.Lbelljar_BB8_39:
	ldp	x0, x1, [sp, #48]
	ldp	x2, x3, [sp, #64]
	ldp	x4, x5, [sp, #80]
	svc	#0
.Lbelljar_BB8_40:
	cmn	x0, #1, lsl #12
	b.ls	.Lbelljar_BB8_74
.Lbelljar_BB8_41:
	subs	w9, w20, #1
	cset	w8, hs
	cmn	x0, #26
	b.ne	.Lbelljar_BB8_69
	tbz	w8, #0, .Lbelljar_BB8_69
	stp	xzr, x24, [x29, #-40]
	sub	x0, x29, #40
	mov	w8, #101
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	mov	w20, w9
	b	.Lbelljar_BB8_2
.Lbelljar_BB8_44:
	mov	x9, xzr
	mov	w8, #1
	mov	x11, x0
.Lbelljar_BB8_45:
	cmp	w8, #0
	ccmp	x0, x9, #0, ne
	b.hi	.Lbelljar_BB8_64
	add	x10, x11, #1
	mov	w8, #24
	mov	w2, #524288
	add	x1, x10, x13
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	mov	x12, x0
	cbz	x13, .Lbelljar_BB8_52
	mov	x14, xzr
.Lbelljar_BB8_48:
	ldr	x8, [x23, #4104]
	mov	w15, wzr
	mov	x16, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	add	x8, x8, x14, lsl #3
	add	x1, x14, x10
	mov	w2, #524288
	ldar	x0, [x8]
	mov	w8, #24
	svc	#0
	stp	x25, x12, [x29, #-32]
	stur	x0, [x29, #-16]
.Lbelljar_BB8_49:
	ldr	x8, [x27, x16, lsl #3]
	tbnz	w15, #0, .Lbelljar_BB8_51
	cmn	x8, #4095
	mov	w15, #1
	mov	w16, #1
	b.lo	.Lbelljar_BB8_49
.Lbelljar_BB8_51:
	add	x14, x14, #1
	cmn	x8, #1, lsl #12
	csel	x12, x8, xzr, hi
	cmp	x14, x13
	b.ne	.Lbelljar_BB8_48
.Lbelljar_BB8_52:
	mov	x0, xzr
	mov	w14, wzr
	mov	x15, xzr
	mov	x5, xzr
	mov	x4, xzr
	mov	x3, xzr
	mov	x2, xzr
	mov	x1, x11
	mov	w8, #436
	svc	#0
	stp	x25, x12, [x29, #-32]
	stur	x0, [x29, #-16]
.Lbelljar_BB8_53:
	ldr	x8, [x27, x15, lsl #3]
	tbnz	w14, #0, .Lbelljar_BB8_55
	cmn	x8, #4095
	mov	w14, #1
	mov	w15, #1
	b.lo	.Lbelljar_BB8_53
.Lbelljar_BB8_55:
	cmn	x8, #1, lsl #12
	csel	x11, x8, xzr, hi
	cbz	x13, .Lbelljar_BB8_61
	mov	x12, xzr
.Lbelljar_BB8_57:
	ldr	x8, [x23, #4128]
	mov	w14, wzr
	mov	x15, xzr
	add	x0, x12, x10
	mov	x2, xzr
	mov	x3, xzr
	add	x8, x8, x12, lsl #3
	mov	x4, xzr
	mov	x5, xzr
	ldar	x1, [x8]
	mov	w8, #24
	svc	#0
	stp	x25, x11, [x29, #-32]
	stur	x0, [x29, #-16]
.Lbelljar_BB8_58:
	ldr	x8, [x27, x15, lsl #3]
	tbnz	w14, #0, .Lbelljar_BB8_60
	cmn	x8, #4095
	mov	w14, #1
	mov	w15, #1
	b.lo	.Lbelljar_BB8_58
.Lbelljar_BB8_60:
	add	x12, x12, #1
	cmn	x8, #1, lsl #12
	csel	x11, x8, xzr, hi
	cmp	x12, x13
	b.ne	.Lbelljar_BB8_57
.Lbelljar_BB8_61:
	add	x0, x10, x13
	mov	x1, x9
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	mov	w8, #24
	mov	w2, #524288
	svc	#0
	mov	x9, x0
	mov	x0, x10
	mov	x12, xzr
	mov	w8, #436
	mov	w1, #-1
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	stp	x11, x9, [x29, #-24]
	stur	x0, [x29, #-8]
.Lbelljar_BB8_62:
	ldr	x0, [x27, x12]
	cmn	x0, #1, lsl #12
	b.hi	.Lbelljar_BB8_41
	add	x12, x12, #8
	cmp	x12, #24
	b.eq	.Lbelljar_BB8_73
	b	.Lbelljar_BB8_62
.Lbelljar_BB8_64:
	mov	x1, x9
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	mov	w8, #24
	mov	w2, #524288
	svc	#0
	mov	x10, x0
	mov	w11, wzr
	add	x0, x9, #1
	mov	x12, xzr
	mov	w8, #436
	mov	w1, #-1
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	stp	x10, x0, [x29, #-24]
.Lbelljar_BB8_65:
	ldr	x0, [x27, x12, lsl #3]
	cmn	x0, #1, lsl #12
	b.hi	.Lbelljar_BB8_41
	mov	w8, w11
	mov	w11, #1
	mov	w12, #1
	tbnz	w8, #0, .Lbelljar_BB8_73
	b	.Lbelljar_BB8_65
.Lbelljar_BB8_67:
	mov	x0, x17
	mov	w8, #98
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB8_68:
	ldar	w8, [x17]
	cbnz	w8, .Lbelljar_BB8_73
	b	.Lbelljar_BB8_67
.Lbelljar_BB8_69:
	neg	x8, x0
	cmp	x8, #63
	b.hi	.Lbelljar_BB8_79
	ldr	x9, [x21, #16]
	lsr	x9, x9, x8
	tbz	w9, #0, .Lbelljar_BB8_79
	ldr	w9, [sp, #20]
	cmp	w9, #13
	csel	w9, w9, w8, eq
	str	w9, [sp, #20]
	b	.Lbelljar_BB8_77
.Lbelljar_BB8_72:
	add	x8, x23, #4095, lsl #12
	ldrb	wzr, [x8]
.Lbelljar_BB8_73:
	mov	x0, xzr
.Lbelljar_BB8_74:
	ldrb	w8, [x21, #5]
	cbnz	w8, .Lbelljar_BB8_78
	ldr	x8, [x21, #8]
	cbz	x8, .Lbelljar_BB8_77
	stlr	x0, [x8]
.Lbelljar_BB8_77:
	ldr	w10, [sp, #44]
	add	w10, w10, #1
	b	.Lbelljar_BB8_1
.Lbelljar_BB8_78:
	ldr	w0, [sp, #44]
	ldr	w1, [sp, #20]
	b	.Lbelljar_BB8_80
.Lbelljar_BB8_79:
	ldr	w0, [sp, #44]
	mov	w1, w8
.Lbelljar_BB8_80:
	ldp	x20, x19, [sp, #224]
	ldp	x22, x21, [sp, #208]
	ldp	x24, x23, [sp, #192]
	ldp	x26, x25, [sp, #176]
	ldp	x28, x27, [sp, #160]
	ldp	x29, x30, [sp, #144]
	add	sp, sp, #240
	ret
.Lbelljar_BB8_81:
	ldr	x8, [sp, #8]
	ldr	x0, [x8, #8]
	bl	.Lbelljar_supervise
.Lbelljar_take:
	stp	x29, x30, [sp, #-48]!
	ldr	x8, [x0]
	str	x21, [sp, #16]
	mov	x29, sp
	stp	x20, x19, [sp, #32]
	cmp	x8, #1
	b.ne	.Lbelljar_BB9_12
	ldp	x8, x9, [x0, #16]
	mov	x20, x0
	mov	x19, x1
	ldr	x9, [x9, #8]
	add	x21, x9, x1, lsl #24
	cbz	x3, .Lbelljar_BB9_7
	lsl	x9, x3, #2
	lsl	x11, x8, #3
	sub	x10, x9, #4
	add	x10, x8, x10, lsr #2
	add	x10, x10, #1
.Lbelljar_BB9_3:
	ldr	x12, [x21, #4112]
	cmp	x8, x12
	b.hs	.Lbelljar_BB9_5
	ldr	x12, [x21, #4104]
	ldrsw	x13, [x2]
	str	x13, [x11, x12]
.Lbelljar_BB9_5:
	subs	x9, x9, #4
	add	x2, x2, #4
	add	x8, x8, #1
	add	x11, x11, #8
	b.ne	.Lbelljar_BB9_3
	mov	x8, x10
.Lbelljar_BB9_7:
	ldr	x10, [x21, #4112]
	mov	w9, #1
	str	x8, [x20, #16]
	stp	x9, x19, [x20]
	cmp	x8, x10
	b.lo	.Lbelljar_BB9_12
	mov	x0, x20
	mov	x1, x19
	str	xzr, [x20]
	bl	.Lbelljar_start
	cmn	x0, #1, lsl #12
	b.ls	.Lbelljar_BB9_10
	mov	x9, x0
	mov	x0, x21
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	mov	w8, #215
	mov	w1, #16777216
	svc	#0
	ldp	x10, x1, [x20, #24]
	mov	w8, #-1
	neg	w9, w9
	mov	w2, #288
	mov	w3, #16384
	mov	x4, xzr
	mov	x5, xzr
	stp	w8, w9, [x1, #8]
	mov	w8, #2
	stp	w8, w19, [x1]
	mov	w8, #206
	ldr	w0, [x10, #56]
	svc	#0
	b	.Lbelljar_BB9_12
.Lbelljar_BB9_10:
	mov	x0, x20
	mov	x1, x19
	bl	.Lbelljar_open
	cmn	x0, #1, lsl #12
	b.ls	.Lbelljar_BB9_12
	mov	w8, #-1
	neg	w9, w0
	str	w8, [x21, #4176]
	str	w9, [x21, #4172]
	ldr	w8, [x21, #4264]
	cbz	w8, .Lbelljar_BB9_13
.Lbelljar_BB9_12:
	ldp	x20, x19, [sp, #32]
	ldr	x21, [sp, #16]
	ldp	x29, x30, [sp], #48
	ret
.Lbelljar_BB9_13:
	mov	w8, #7
	ldp	x20, x19, [sp, #32]
	ldr	x0, [x21, #4224]
	str	w8, [x21, #4264]
	mov	w1, #9
	ldr	x21, [sp, #16]
	ldp	x29, x30, [sp], #48
	b	.Lbelljar_signal
.Lbelljar_tell:
	ldp	x8, x9, [x0, #24]
	mov	w3, #16384
	mov	x4, xzr
	mov	x5, xzr
	stp	w1, w2, [x9]
	mov	x1, x9
	mov	w2, #288
	ldr	w0, [x8, #56]
	mov	w8, #206
	svc	#0
	ret
.Lbelljar_tell_failure:
	ldp	x10, x9, [x0, #24]
	mov	w8, #2
	mov	x4, xzr
	mov	x5, xzr
	stp	w2, w3, [x9, #8]
	mov	w2, #288
	mov	w3, #16384
	stp	w8, w1, [x9]
	mov	w8, #206
	mov	x1, x9
	ldr	w0, [x10, #56]
	svc	#0
	ret
.Lbelljar_fail:
	stp	x29, x30, [sp, #-64]!
	stp	x24, x23, [sp, #16]
	ldr	x23, [x0, #40]
	mov	x29, sp
	stp	x22, x21, [sp, #32]
	mov	x21, x0
	mov	w22, w1
	stp	x20, x19, [sp, #48]
	mov	w19, w3
	mov	w20, w2
	cbz	x23, .Lbelljar_BB12_6
	ldr	x24, [x21, #24]
.Lbelljar_BB12_2:
	rbit	x8, x23
	ldr	x9, [x24, #8]
	clz	x8, x8
	adds	x8, x9, x8, lsl #24
	b.eq	.Lbelljar_BB12_6
	ldr	w9, [x8, #4260]
	cbnz	w9, .Lbelljar_BB12_5
	ldr	x0, [x8, #4224]
	mov	w1, #9
	bl	.Lbelljar_signal
.Lbelljar_BB12_5:
	sub	x8, x23, #1
	and	x23, x8, x23
	cbnz	x23, .Lbelljar_BB12_2
.Lbelljar_BB12_6:
	mov	x0, x21
	mov	w1, w22
	mov	w2, w20
	mov	w3, w19
	bl	.Lbelljar_tell_failure
	bl	.Lbelljar_exit
.Lbelljar_open:
	stp	x29, x30, [sp, #-32]!
	ldr	x8, [x0, #24]
	mov	w0, #1
	stp	x20, x19, [sp, #16]
	mov	x29, sp
	mov	w20, #1
	ldr	x8, [x8, #8]
	add	x19, x8, x1, lsl #24
	bl	.Lbelljar_clock
	ldr	w8, [x19, #4160]
	str	x0, [x19, #4232]
	cbz	w8, .Lbelljar_BB13_3
	mov	w0, #16902
	ldr	x1, [x19, #4224]
	mov	w8, #117
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #1, lsl #12
	b.ls	.Lbelljar_BB13_3
	mov	w8, #4172
	add	x8, x19, x8
	ldar	w8, [x8]
	cbz	w8, .Lbelljar_BB13_4
.Lbelljar_BB13_3:
	mov	w8, #4168
	mov	w1, #1
	mov	w2, #1
	add	x0, x19, x8
	mov	w8, #98
	mov	x3, xzr
	stlr	w20, [x0]
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	mov	x0, xzr
.Lbelljar_BB13_4:
	ldp	x20, x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
.Lbelljar_start:
	sub	sp, sp, #176
	stp	x29, x30, [sp, #96]
	add	x29, sp, #96
	ldr	x8, [x0, #24]
	str	x25, [sp, #112]
	mov	x2, xzr
	mov	x3, xzr
	stp	x24, x23, [sp, #128]
	ldr	x9, [x8, #8]
	mov	w8, #59
	stp	x22, x21, [sp, #144]
	mov	x4, xzr
	mov	x5, xzr
	stp	x20, x19, [sp, #160]
	mov	x19, x0
	add	x0, x29, #24
	str	xzr, [x29, #24]
	mov	x20, x1
	mov	w1, #524288
	svc	#0
	mov	x23, x0
	cmn	x0, #1, lsl #12
	b.hi	.Lbelljar_BB14_11
	ldpsw	x22, x10, [x29, #24]
	add	x21, x9, x20, lsl #24
	str	x10, [x21, #4216]
	ldr	x8, [x21, #4152]
	str	x22, [x21, #4240]
	cbz	x8, .Lbelljar_BB14_4
	mov	x9, #256
	movi	v0.2d, #0000000000000000
	ldar	x8, [x8]
	movk	x9, #2, lsl #32
	add	x0, sp, #8
	mov	w1, #88
	str	x9, [sp, #8]
	mov	w9, #17
	mov	x2, xzr
	stp	xzr, x9, [sp, #32]
	mov	w9, #4096
	mov	x3, xzr
	stp	x21, x9, [sp, #48]
	mov	w9, #1
	mov	x4, xzr
	stur	q0, [sp, #16]
	stur	q0, [sp, #64]
	stp	xzr, x8, [sp, #80]
	mov	w8, #435
	str	w9, [x21, #4180]
	mov	x9, x21
	svc	#0
	cbnz	x0, .Lbelljar_tmp0
	mov	x29, xzr
	mov	x0, x9
	bl	.Lbelljar_program_begins
.Lbelljar_tmp0:
	cmp	x0, #0
	b.gt	.Lbelljar_BB14_5
	str	wzr, [x21, #4180]
.Lbelljar_BB14_4:
	mov	w0, #273
	add	x1, x21, #1, lsl #12
	mov	w8, #220
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x9, x21
	svc	#0
	cbnz	x0, .Lbelljar_tmp1
	mov	x29, xzr
	mov	x0, x9
	bl	.Lbelljar_program_begins
.Lbelljar_tmp1:
.Lbelljar_BB14_5:
	mov	x23, x0
	mov	x0, x10
	bl	.Lbelljar_close
	ldr	x24, [x21, #4112]
	cbz	x24, .Lbelljar_BB14_8
	mov	x25, xzr
.Lbelljar_BB14_7:
	ldr	x8, [x21, #4104]
	add	x8, x25, x8
	ldar	x0, [x8]
	bl	.Lbelljar_close
	subs	x24, x24, #1
	add	x25, x25, #8
	b.ne	.Lbelljar_BB14_7
.Lbelljar_BB14_8:
	cmn	x23, #1, lsl #12
	b.ls	.Lbelljar_BB14_10
	mov	x0, x22
	bl	.Lbelljar_close
	b	.Lbelljar_BB14_11
.Lbelljar_BB14_10:
	mov	w8, #1
	ldr	x9, [x19, #40]
	str	x23, [x21, #4224]
	lsl	x8, x8, x20
	mov	x23, xzr
	orr	x8, x9, x8
	str	x8, [x19, #40]
.Lbelljar_BB14_11:
	mov	x0, x23
	ldp	x20, x19, [sp, #160]
	ldp	x22, x21, [sp, #144]
	ldr	x25, [sp, #112]
	ldp	x24, x23, [sp, #128]
	ldp	x29, x30, [sp, #96]
	add	sp, sp, #176
	ret
.Lbelljar_started:
	stp	x29, x30, [sp, #-48]!
	ldr	x9, [x0, #24]
	str	x21, [sp, #16]
	mov	x8, #-1
	stp	x20, x19, [sp, #32]
	mov	x20, x0
	mov	x29, sp
	ldr	x9, [x9, #8]
	mov	x19, x1
	add	x21, x9, x1, lsl #24
	ldr	x0, [x21, #4240]
	str	x8, [x21, #4240]
	bl	.Lbelljar_close
	mov	w8, #4172
	add	x8, x21, x8
	ldar	w3, [x8]
	cbz	w3, .Lbelljar_BB15_4
	ldr	x8, [x20, #24]
	ldr	w8, [x8, #64]
	cbnz	w8, .Lbelljar_BB15_6
	ldr	w8, [x21, #4264]
	cbnz	w8, .Lbelljar_BB15_5
	mov	w8, #7
	ldp	x20, x19, [sp, #32]
	ldr	x0, [x21, #4224]
	str	w8, [x21, #4264]
	mov	w1, #9
	ldr	x21, [sp, #16]
	ldp	x29, x30, [sp], #48
	b	.Lbelljar_signal
.Lbelljar_BB15_4:
	ldr	x8, [x21, #4200]
	mov	w9, #51712
	ldr	x10, [x21, #4208]
	movk	w9, #15258, lsl #16
	mov	x11, #23123
	mov	w2, #288
	madd	x8, x8, x9, x10
	ldr	x10, [x20, #64]
	movk	x11, #41115, lsl #16
	movk	x11, #47151, lsl #32
	mov	w3, #16384
	mov	x4, xzr
	movk	x11, #68, lsl #48
	mov	x5, xzr
	add	x8, x8, x10
	str	x8, [x20, #64]
	ldr	x8, [x21, #4200]
	ldr	x10, [x21, #4208]
	ldr	x1, [x20, #32]
	madd	x8, x8, x9, x10
	lsr	x10, x8, #9
	umulh	x10, x10, x11
	lsr	x10, x10, #11
	msub	x8, x10, x9, x8
	mov	w9, #1
	stp	x10, x8, [x1, #48]
	ldr	w8, [x21, #4180]
	stp	w9, w19, [x1]
	ldr	x9, [x20, #24]
	str	w8, [x1, #24]
	mov	w8, #206
	ldr	w0, [x9, #56]
	svc	#0
.Lbelljar_BB15_5:
	ldp	x20, x19, [sp, #32]
	ldr	x21, [sp, #16]
	ldp	x29, x30, [sp], #48
	ret
.Lbelljar_BB15_6:
	ldr	w2, [x21, #4176]
	mov	x0, x20
	mov	w1, w19
	bl	.Lbelljar_fail
.Lbelljar_tell_end:
	ldr	x8, [x0, #24]
	ldr	x9, [x8, #8]
	add	x10, x9, x1, lsl #24
	ldr	w9, [x10, #4264]
	cmp	w9, #0
	csel	w12, w2, w9, eq
	cmp	w12, #7
	b.ne	.Lbelljar_BB16_2
	ldr	w11, [x10, #4176]
	ldr	w10, [x10, #4172]
	mov	w2, #288
	ldr	x9, [x0, #32]
	mov	w3, #16384
	mov	x4, xzr
	mov	x5, xzr
	stp	w11, w10, [x9, #8]
	mov	w11, #2
	stp	w11, w1, [x9]
	mov	x1, x9
	ldr	w0, [x8, #56]
	mov	w8, #206
	svc	#0
	ret
.Lbelljar_BB16_2:
	ldr	x9, [x0, #32]
	mov	w13, #51712
	mov	x15, #23123
	movk	w13, #15258, lsl #16
	movk	x15, #41115, lsl #16
	mov	x11, xzr
	str	w12, [x9, #16]
	movk	x15, #47151, lsl #32
	ldr	w12, [x10, #4256]
	movk	x15, #68, lsl #48
	str	w12, [x9, #20]
	ldr	x12, [x10, #4232]
	str	x12, [x9, #32]
	ldr	x12, [x10, #4272]
	str	x12, [x9, #40]
	ldr	x12, [x10, #4200]
	ldr	x14, [x10, #4208]
	madd	x12, x12, x13, x14
	lsr	x14, x12, #9
	umulh	x14, x14, x15
	lsr	x14, x14, #11
	msub	x12, x14, x13, x12
	mov	w13, #4280
	stp	x14, x12, [x9, #48]
	add	x12, x10, x13
.Lbelljar_BB16_3:
	ldr	x13, [x12, x11]
	add	x14, x9, x11
	add	x11, x11, #8
	cmp	x11, #80
	str	x13, [x14, #64]
	b.ne	.Lbelljar_BB16_3
	mov	w12, #4360
	mov	x11, xzr
	add	x10, x10, x12
.Lbelljar_BB16_5:
	ldr	x12, [x10, x11]
	add	x13, x9, x11
	add	x11, x11, #8
	cmp	x11, #144
	str	x12, [x13, #144]
	b.ne	.Lbelljar_BB16_5
	mov	w10, #3
	mov	w2, #288
	mov	w3, #16384
	stp	w10, w1, [x9]
	mov	x1, x9
	mov	x4, xzr
	ldr	w0, [x8, #56]
	mov	w8, #206
	mov	x5, xzr
	svc	#0
	ret
.Lbelljar_measure_reaped:
	ldr	x8, [x0, #32]
	mov	x0, #-1
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	add	x1, x8, #144
	mov	w8, #165
	svc	#0
	ret
.Lbelljar_cpu_time:
	stp	x29, x30, [sp, #-96]!
	str	x28, [sp, #16]
	mov	x29, sp
	stp	x26, x25, [sp, #32]
	stp	x24, x23, [sp, #48]
	stp	x22, x21, [sp, #64]
	stp	x20, x19, [sp, #80]
	sub	sp, sp, #1, lsl #12
	str	xzr, [sp]
	sub	sp, sp, #1, lsl #12
	str	xzr, [sp], #-16
	ldr	x22, [x0, #24]
	mov	x21, x0
	ldr	x0, [x22, #72]
	tbnz	x0, #63, .Lbelljar_BB18_3
	movi	v0.2d, #0000000000000000
	mov	w8, #67
	mov	x4, xzr
	mov	x5, xzr
	mov	x1, sp
	mov	w2, #8192
	mov	w3, #11
	str	q0, [sp, #8192]
	svc	#0
	bic	x8, x0, x0, asr #63
	str	xzr, [sp, #8200]
	mov	x0, sp
	str	x8, [sp, #8192]
	bl	.Lbelljar_number
	tbz	w0, #0, .Lbelljar_BB18_3
	mov	w8, #1000
	mul	x19, x1, x8
	b	.Lbelljar_BB18_20
.Lbelljar_BB18_3:
	ldr	x9, [x21, #32]
	mov	x0, #-1
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	add	x1, x9, #144
	mov	w8, #165
	svc	#0
	ldp	x11, x8, [x9, #152]
	ldr	x10, [x9, #144]
	ldr	x9, [x9, #168]
	ldr	x20, [x22, #80]
	add	x8, x8, x10
	mov	w10, #51712
	add	x9, x9, x11
	movk	w10, #15258, lsl #16
	mul	x8, x8, x10
	mov	w10, #1000
	madd	x19, x9, x10, x8
	tbnz	x20, #63, .Lbelljar_BB18_21
	movi	v0.2d, #0000000000000000
	mov	x0, x20
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	mov	w8, #62
	svc	#0
	mov	w8, #61
	mov	x0, x20
	mov	x1, sp
	str	q0, [sp, #8192]
	mov	w2, #8192
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	bic	x8, x0, x0, asr #63
	cmp	x0, #1
	mov	x23, sp
	mov	x24, xzr
	str	x8, [sp, #8192]
	b.lt	.Lbelljar_BB18_19
	mov	w8, #1
	mov	w25, #-6
.Lbelljar_BB18_6:
	cbz	x8, .Lbelljar_BB18_18
	mov	x26, xzr
.Lbelljar_BB18_8:
	add	x8, x26, #19
	mov	x0, sp
	str	x8, [sp, #8200]
	bl	.Lbelljar_number
	cmp	x0, #1
	b.ne	.Lbelljar_BB18_11
	mov	x21, x1
	cmp	x1, #2
	b.lo	.Lbelljar_BB18_11
	lsl	w8, w21, #3
	eor	x0, x8, x25
	bl	.Lbelljar_clock
	mov	x22, x0
	mov	x0, x20
	mov	x1, x21
	bl	.Lbelljar_reaped_by
	add	x8, x24, x0
	add	x24, x22, x8
.Lbelljar_BB18_11:
	add	x10, x26, #16
	ldr	x8, [sp, #8192]
	mov	x9, xzr
	lsr	x11, x10, #13
	cbnz	x11, .Lbelljar_BB18_14
	cmp	x10, x8
	b.hs	.Lbelljar_BB18_14
	ldrb	w9, [x23, x10]
.Lbelljar_BB18_14:
	add	x11, x26, #17
	mov	x10, xzr
	lsr	x12, x11, #13
	cbnz	x12, .Lbelljar_BB18_17
	cmp	x11, x8
	b.hs	.Lbelljar_BB18_17
	ldrb	w10, [x23, x11]
	lsl	x10, x10, #8
.Lbelljar_BB18_17:
	add	x9, x9, x26
	add	x26, x9, x10
	cmp	x26, x8
	b.lo	.Lbelljar_BB18_8
.Lbelljar_BB18_18:
	movi	v0.2d, #0000000000000000
	mov	w8, #61
	mov	x0, x20
	mov	x1, sp
	mov	w2, #8192
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	str	q0, [sp, #8192]
	svc	#0
	bic	x8, x0, x0, asr #63
	cmp	x0, #1
	str	x8, [sp, #8192]
	b.ge	.Lbelljar_BB18_6
.Lbelljar_BB18_19:
	add	x19, x24, x19
.Lbelljar_BB18_20:
	mov	x0, x19
	add	sp, sp, #2, lsl #12
	add	sp, sp, #16
	ldp	x20, x19, [sp, #80]
	ldr	x28, [sp, #16]
	ldp	x22, x21, [sp, #64]
	ldp	x24, x23, [sp, #48]
	ldp	x26, x25, [sp, #32]
	ldp	x29, x30, [sp], #96
	ret
.Lbelljar_BB18_21:
	ldr	x20, [x21, #40]
	cbz	x20, .Lbelljar_BB18_20
	mov	w21, #-6
.Lbelljar_BB18_23:
	rbit	x8, x20
	ldr	x9, [x22, #8]
	clz	x8, x8
	adds	x8, x9, x8, lsl #24
	b.eq	.Lbelljar_BB18_20
	ldr	x8, [x8, #4224]
	sub	x9, x20, #1
	and	x20, x9, x20
	lsl	w8, w8, #3
	eor	x0, x8, x21
	bl	.Lbelljar_clock
	add	x19, x0, x19
	cbz	x20, .Lbelljar_BB18_20
	b	.Lbelljar_BB18_23
.Lbelljar_number:
	ldr	x10, [x0, #8200]
	ldr	x9, [x0, #8192]
	lsr	x11, x10, #13
	cmp	x11, #0
	ccmp	x10, x9, #2, eq
	b.lo	.Lbelljar_BB19_2
	mov	x0, xzr
	ret
.Lbelljar_BB19_2:
	mov	x8, x0
	mov	x12, xzr
	mov	w0, #1
	mov	w11, #8190
.Lbelljar_BB19_3:
	ldrb	w13, [x8, x10]
	sub	w13, w13, #48
	cmp	w13, #9
	b.hi	.Lbelljar_BB19_7
	add	x14, x1, x1, lsl #2
	tst	w12, #0x1
	lsl	x14, x14, #1
	csel	x12, x14, xzr, ne
	cmp	x10, x11
	add	x1, x12, w13, uxtb
	add	x13, x10, #1
	str	x13, [x8, #8200]
	b.hi	.Lbelljar_BB19_6
	cmp	x13, x9
	mov	w12, #1
	mov	x10, x13
	b.lo	.Lbelljar_BB19_3
.Lbelljar_BB19_6:
	ret
.Lbelljar_BB19_7:
	mov	x0, x12
	ret
.Lbelljar_reaped_by:
	stp	x29, x30, [sp, #-32]!
	stp	x28, x19, [sp, #16]
	mov	x29, sp
	sub	sp, sp, #1, lsl #12
	str	xzr, [sp]
	sub	sp, sp, #1, lsl #12
	str	xzr, [sp], #-32
	mov	x9, #29487
	mov	x8, xzr
	movk	x9, #24948, lsl #16
	movk	x9, #116, lsl #32
	cbz	w1, .Lbelljar_BB20_3
	mov	w10, #52429
	mov	w11, #10
	movk	w10, #52428, lsl #16
.Lbelljar_BB20_2:
	umull	x13, w1, w10
	mov	w12, w1
	extr	x8, x8, x9, #56
	cmp	w12, #10
	lsr	x1, x13, #35
	msub	w13, w1, w11, w12
	orr	w13, w13, #0x30
	orr	x9, x13, x9, lsl #8
	b.hs	.Lbelljar_BB20_2
.Lbelljar_BB20_3:
	stp	x9, x8, [sp]
	mov	w2, #2048
	mov	x1, sp
	mov	w8, #56
	movk	w2, #8, lsl #16
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #24
	b.eq	.Lbelljar_BB20_22
	mov	x9, x0
	tbnz	x0, #63, .Lbelljar_BB20_11
	movi	v0.2d, #0000000000000000
	mov	x0, x9
	mov	w8, #67
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	add	x1, sp, #16
	mov	w2, #8192
	add	x10, sp, #16
	str	q0, [sp, #8208]
	svc	#0
	bic	x8, x0, x0, asr #63
	str	xzr, [sp, #8216]
	mov	x0, x9
	mov	x1, xzr
	mov	x2, xzr
	str	x8, [sp, #8208]
	mov	w8, #57
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	ldr	x8, [sp, #8208]
	str	x8, [sp, #8216]
	cbz	x8, .Lbelljar_BB20_12
	mov	x9, x8
.Lbelljar_BB20_7:
	lsr	x11, x9, #13
	cbnz	x11, .Lbelljar_BB20_10
	cmp	x9, x8
	b.hs	.Lbelljar_BB20_10
	ldrb	w11, [x10, x9]
	cmp	w11, #41
	b.eq	.Lbelljar_BB20_13
.Lbelljar_BB20_10:
	subs	x9, x9, #1
	str	x9, [sp, #8216]
	b.ne	.Lbelljar_BB20_7
	b	.Lbelljar_BB20_13
.Lbelljar_BB20_11:
	mov	x0, xzr
	b	.Lbelljar_BB20_21
.Lbelljar_BB20_12:
	mov	x9, xzr
.Lbelljar_BB20_13:
	cmp	x9, x8
	b.hs	.Lbelljar_BB20_20
	mov	w10, wzr
	add	x11, sp, #16
.Lbelljar_BB20_15:
	lsr	x12, x9, #13
	cbz	x12, .Lbelljar_BB20_17
	mov	w12, wzr
	b	.Lbelljar_BB20_18
.Lbelljar_BB20_17:
	ldrb	w12, [x11, x9]
	cmp	w12, #32
	cset	w12, eq
.Lbelljar_BB20_18:
	add	x9, x9, #1
	cmp	x9, x8
	str	x9, [sp, #8216]
	b.hs	.Lbelljar_BB20_20
	add	w10, w12, w10
	cmp	w10, #14
	b.lo	.Lbelljar_BB20_15
.Lbelljar_BB20_20:
	add	x0, sp, #16
	bl	.Lbelljar_number
	ldr	x8, [sp, #8216]
	tst	w0, #0x1
	add	x0, sp, #16
	csel	x19, x1, xzr, ne
	add	x8, x8, #1
	str	x8, [sp, #8216]
	bl	.Lbelljar_number
	tst	w0, #0x1
	mov	w8, #38528
	csel	x9, x1, xzr, ne
	movk	w8, #152, lsl #16
	add	x9, x9, x19
	mul	x0, x9, x8
.Lbelljar_BB20_21:
	add	sp, sp, #2, lsl #12
	add	sp, sp, #32
	ldp	x28, x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
.Lbelljar_BB20_22:
	bl	.Lbelljar_exit
.Lbelljar_look_after:
	stp	x29, x30, [sp, #-80]!
	stp	x22, x21, [sp, #48]
	ldr	x22, [x0, #40]
	mov	x29, sp
	str	x25, [sp, #16]
	stp	x24, x23, [sp, #32]
	stp	x20, x19, [sp, #64]
	cbz	x22, .Lbelljar_BB21_15
	ldr	x23, [x0, #24]
	mov	x19, x0
	mov	w24, #4172
	mov	w25, #1
.Lbelljar_BB21_2:
	rbit	x8, x22
	ldr	x9, [x23, #8]
	clz	x20, x8
	adds	x9, x9, x20, lsl #24
	b.eq	.Lbelljar_BB21_15
	add	x10, x9, x24
	ldr	w8, [x9, #4260]
	ldar	w10, [x10]
	cbz	w10, .Lbelljar_BB21_8
	ldr	x10, [x9, #4192]
	ldr	x9, [x9, #4240]
	tbnz	x9, #63, .Lbelljar_BB21_11
	cbnz	w8, .Lbelljar_BB21_10
	tbnz	x10, #63, .Lbelljar_BB21_14
	mov	x0, x19
	mov	x1, x20
	bl	.Lbelljar_started
	b	.Lbelljar_BB21_14
.Lbelljar_BB21_8:
	ldr	x9, [x9, #4240]
	tbnz	x9, #63, .Lbelljar_BB21_11
	cbz	w8, .Lbelljar_BB21_14
.Lbelljar_BB21_10:
	mov	x0, x19
	mov	x1, x20
	bl	.Lbelljar_started
	b	.Lbelljar_BB21_12
.Lbelljar_BB21_11:
	cbz	w8, .Lbelljar_BB21_14
.Lbelljar_BB21_12:
	ldr	x8, [x19, #24]
	ldr	w9, [x8, #64]
	cbnz	w9, .Lbelljar_BB21_17
	lsl	x9, x20, #24
	ldr	x8, [x8, #8]
	add	x21, x8, x9
	ldr	x0, [x21, #4248]
	bl	.Lbelljar_close
	ldr	x0, [x21, #4240]
	bl	.Lbelljar_close
	lsl	x8, x25, x20
	ldr	x9, [x19, #40]
	mov	x0, x19
	mov	x1, x20
	mov	w2, #1
	bic	x8, x9, x8
	str	x8, [x19, #40]
	bl	.Lbelljar_tell_end
	mov	x0, x21
	mov	w8, #215
	mov	w1, #16777216
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB21_14:
	sub	x8, x22, #1
	and	x22, x8, x22
	cbnz	x22, .Lbelljar_BB21_2
.Lbelljar_BB21_15:
	mov	w0, wzr
.Lbelljar_BB21_16:
	ldp	x20, x19, [sp, #64]
	ldr	x25, [sp, #16]
	ldp	x22, x21, [sp, #48]
	ldp	x24, x23, [sp, #32]
	ldp	x29, x30, [sp], #80
	ret
.Lbelljar_BB21_17:
	mov	w0, #1
	b	.Lbelljar_BB21_16
.Lbelljar_wait:
	sub	sp, sp, #112
	ldr	x8, [x0, #32]
	stp	x29, x30, [sp, #16]
	add	x29, sp, #16
	stp	x28, x27, [sp, #32]
	mov	x9, x0
	mov	x0, #-1
	stp	x26, x25, [sp, #48]
	mov	x2, x1
	sub	x1, x29, #4
	stp	x24, x23, [sp, #64]
	mov	x4, xzr
	mov	x5, xzr
	stp	x22, x21, [sp, #80]
	stp	x20, x19, [sp, #96]
	add	x19, x8, #144
	mov	w8, #260
	stur	wzr, [x29, #-4]
	mov	x3, x19
	svc	#0
	mov	x20, x0
	ldr	x22, [x9, #40]
	cbz	x22, .Lbelljar_BB22_23
	ldr	x23, [x9, #24]
	mov	w24, #4172
	mov	w25, #4192
	mov	w21, #-2
	mov	w27, #1
	mov	w28, #4360
.Lbelljar_BB22_2:
	rbit	x8, x22
	ldr	x9, [x23, #8]
	clz	x8, x8
	adds	x26, x9, x8, lsl #24
	b.eq	.Lbelljar_BB22_23
	cmp	x20, #1
	b.lt	.Lbelljar_BB22_16
	ldr	x8, [x26, #4224]
	cmp	x8, x20
	b.ne	.Lbelljar_BB22_16
	ldur	w8, [x29, #-4]
	and	w9, w8, #0xff
	cmp	w9, #127
	b.ne	.Lbelljar_BB22_14
	add	x9, x26, x24
	ldar	w9, [x9]
	cbnz	w9, .Lbelljar_BB22_16
	add	x9, x26, x25
	and	w10, w8, #0xffffff00
	ldar	x8, [x9]
	cmp	w10, #2816
	b.ne	.Lbelljar_BB22_17
	tbnz	x8, #63, .Lbelljar_BB22_17
	ldr	w8, [x26, #4164]
	cbz	w8, .Lbelljar_BB22_11
	mov	w0, #4
	mov	w8, #167
	mov	w1, #1
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB22_11:
	ldr	x0, [x26, #4224]
	mov	w8, #434
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	mov	x9, x0
	cmn	x0, #1, lsl #12
	b.hi	.Lbelljar_BB22_21
	mov	x0, x9
	ldr	x1, [x26, #4192]
	mov	w8, #438
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	mov	x21, x0
	mov	x0, x9
	bl	.Lbelljar_close
	cmn	x21, #1, lsl #12
	b.ls	.Lbelljar_BB22_18
	mov	x9, x21
	mov	w21, #-2
	b	.Lbelljar_BB22_21
.Lbelljar_BB22_14:
	mov	w0, #1
	str	w27, [x26, #4260]
	str	w8, [x26, #4256]
	bl	.Lbelljar_clock
	mov	x8, xzr
	add	x9, x26, x28
	str	x0, [x26, #4272]
.Lbelljar_BB22_15:
	ldr	x10, [x19, x8]
	str	x10, [x9, x8]
	add	x8, x8, #8
	cmp	x8, #144
	b.ne	.Lbelljar_BB22_15
.Lbelljar_BB22_16:
	sub	x8, x22, #1
	and	x22, x8, x22
	cbnz	x22, .Lbelljar_BB22_2
	b	.Lbelljar_BB22_23
.Lbelljar_BB22_17:
	mov	w0, #7
	ldr	x1, [x26, #4224]
	mov	w8, #117
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	b	.Lbelljar_BB22_16
.Lbelljar_BB22_18:
	ldr	w8, [x26, #4164]
	str	x21, [x26, #4248]
	cbz	w8, .Lbelljar_BB22_20
	mov	w0, #4
	mov	w8, #167
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB22_20:
	add	x0, x26, #4095, lsl #12
	mov	w8, #222
	mov	w1, #1
	mov	w2, #1
	mov	w3, #50
	mov	x4, #-1
	mov	x5, xzr
	svc	#0
	mov	x9, x0
	cmn	x0, #1, lsl #12
	mov	w21, #-2
	b.ls	.Lbelljar_BB22_22
.Lbelljar_BB22_21:
	neg	w8, w9
	add	x9, x26, x24
	str	w21, [x26, #4176]
	stlr	w8, [x9]
	b	.Lbelljar_BB22_16
.Lbelljar_BB22_22:
	mov	w8, #4184
	mov	w0, #17
	mov	x2, xzr
	add	x8, x26, x8
	mov	x3, xzr
	mov	x4, xzr
	stlr	w27, [x8]
	mov	w8, #117
	mov	x5, xzr
	ldr	x1, [x26, #4224]
	svc	#0
	b	.Lbelljar_BB22_16
.Lbelljar_BB22_23:
	mov	x0, x20
	ldp	x20, x19, [sp, #96]
	ldp	x22, x21, [sp, #80]
	ldp	x24, x23, [sp, #64]
	ldp	x26, x25, [sp, #48]
	ldp	x28, x27, [sp, #32]
	ldp	x29, x30, [sp, #16]
	add	sp, sp, #112
	ret
.Lbelljar_supervise:
	stp	x29, x30, [sp, #-96]!
	stp	x28, x27, [sp, #16]
	mov	x29, sp
	stp	x26, x25, [sp, #32]
	stp	x24, x23, [sp, #48]
	stp	x22, x21, [sp, #64]
	stp	x20, x19, [sp, #80]
	sub	sp, sp, #1, lsl #12
	str	xzr, [sp]
	sub	sp, sp, #1, lsl #12
	str	xzr, [sp]
	sub	sp, sp, #1232
	str	xzr, [sp]
	mov	w8, #65536
	mov	x19, x0
	mov	x0, #-1
	str	x8, [sp, #64]
	mov	w3, #2048
	add	x1, sp, #64
	mov	w8, #74
	mov	w2, #8
	movk	w3, #8, lsl #16
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #1, lsl #12
	str	x0, [x19, #48]
	b.ls	.Lbelljar_BB23_2
	neg	w3, w0
	mov	x0, x19
	mov	w1, #-1
	mov	w2, #-1
	bl	.Lbelljar_fail
.Lbelljar_BB23_2:
	ldr	x20, [x19, #24]
	ldr	w8, [x20, #64]
	cbnz	w8, .Lbelljar_BB23_4
	mov	w0, #1
	bl	.Lbelljar_clock
	ldr	x1, [x19, #32]
	mov	x8, #-65532
	mov	x9, x0
	movk	x8, #0, lsl #16
	mov	w2, #288
	mov	w3, #16384
	str	x8, [x1]
	mov	w8, #206
	mov	x4, xzr
	ldr	w10, [x20, #56]
	mov	x5, xzr
	mov	x0, x10
	svc	#0
	b	.Lbelljar_BB23_5
.Lbelljar_BB23_4:
	ldr	x8, [x20, #8]
	ldr	x9, [x8, #4232]
.Lbelljar_BB23_5:
	str	x9, [x19, #56]
	ldp	x9, x8, [x20, #40]
	mov	x28, #23123
	mov	w21, #64
	movk	x28, #41115, lsl #16
	stp	x8, x9, [sp, #24]
	add	x8, sp, #104
	movk	x28, #47151, lsl #32
	add	x9, x8, #16
	add	x8, x8, #20
	movk	x28, #68, lsl #48
	stp	x8, x9, [sp, #8]
	add	x8, sp, #1208
	add	x8, x8, #32
	str	x8, [sp, #40]
.Lbelljar_BB23_6:
	mov	w1, #1
	mov	x0, x19
	movk	w1, #16384, lsl #16
	bl	.Lbelljar_wait
	mov	x20, x0
	cmp	x0, #1
	b.lt	.Lbelljar_BB23_8
	sub	w21, w21, #1
	cbnz	w21, .Lbelljar_BB23_6
.Lbelljar_BB23_8:
	mov	x0, x19
	bl	.Lbelljar_look_after
	tbnz	w0, #0, .Lbelljar_BB23_100
	mov	w0, #1
	bl	.Lbelljar_clock
	ldr	x26, [x19, #40]
	ldr	x27, [x19, #24]
	str	x0, [sp, #56]
	cbz	x26, .Lbelljar_BB23_32
	mov	w8, wzr
	mov	x25, #-1
	mov	x28, x26
.Lbelljar_BB23_11:
	str	w8, [sp, #52]
.Lbelljar_BB23_12:
	rbit	x8, x28
	ldr	x9, [x27, #8]
	clz	x8, x8
	adds	x21, x9, x8, lsl #24
	b.eq	.Lbelljar_BB23_29
	ldr	x8, [x21, #4240]
	sub	x9, x28, #1
	and	x28, x9, x28
	tbz	x8, #63, .Lbelljar_BB23_28
	ldr	x8, [x21, #4232]
	ldr	x10, [sp, #56]
	ldr	x9, [x21, #4136]
	sub	x8, x10, x8
	subs	x8, x9, x8
	csel	x22, xzr, x8, lo
	b.hi	.Lbelljar_BB23_17
	ldr	w8, [x21, #4264]
	cbnz	w8, .Lbelljar_BB23_17
	ldr	x0, [x21, #4224]
	mov	w8, #2
	mov	w1, #9
	str	w8, [x21, #4264]
	bl	.Lbelljar_signal
.Lbelljar_BB23_17:
	cmp	x22, #1
	ldr	x9, [x21, #4144]
	csinc	x8, x22, xzr, hi
	cmp	x8, x25
	csel	x25, x8, x25, lo
	cbz	x9, .Lbelljar_BB23_24
	ldr	x23, [x21, #4224]
	mov	w9, #-6
	ldr	x24, [x27, #80]
	lsl	w8, w23, #3
	eor	x0, x8, x9
	bl	.Lbelljar_clock
	mov	x22, x0
	tbnz	x24, #63, .Lbelljar_BB23_20
	mov	x0, x24
	mov	x1, x23
	bl	.Lbelljar_reaped_by
	add	x22, x0, x22
.Lbelljar_BB23_20:
	ldr	x8, [x21, #4200]
	mov	w11, #51712
	ldr	x9, [x21, #4208]
	movk	w11, #15258, lsl #16
	ldr	x10, [x21, #4144]
	madd	x8, x8, x11, x9
	subs	x8, x22, x8
	csel	x8, xzr, x8, lo
	subs	x8, x10, x8
	b.lo	.Lbelljar_BB23_22
	b.ne	.Lbelljar_BB23_25
.Lbelljar_BB23_22:
	ldr	w8, [x21, #4264]
	cbnz	w8, .Lbelljar_BB23_24
	ldr	x0, [x21, #4224]
	mov	w8, #3
	mov	w1, #9
	str	w8, [x21, #4264]
	bl	.Lbelljar_signal
.Lbelljar_BB23_24:
	cbnz	x28, .Lbelljar_BB23_12
	b	.Lbelljar_BB23_29
.Lbelljar_BB23_25:
	ldr	x10, [x27, #32]
	mov	w9, #33920
	movk	w9, #30, lsl #16
	cbz	x10, .Lbelljar_BB23_27
	udiv	x8, x8, x10
	mov	w9, #33920
	movk	w9, #30, lsl #16
	cmp	x8, x9
	csel	x9, x8, x9, hi
.Lbelljar_BB23_27:
	cmp	x9, x25
	csel	x25, x9, x25, lo
	cbnz	x28, .Lbelljar_BB23_12
	b	.Lbelljar_BB23_29
.Lbelljar_BB23_28:
	mov	w9, #16960
	ldr	x8, [x21, #4192]
	movk	w9, #15, lsl #16
	cmp	x25, x9
	csel	x9, x25, x9, lo
	cmp	x8, #0
	mov	w8, #1
	csel	x25, x25, x9, mi
	cbnz	x28, .Lbelljar_BB23_11
	b	.Lbelljar_BB23_30
.Lbelljar_BB23_29:
	ldr	w8, [sp, #52]
.Lbelljar_BB23_30:
	mov	x28, #23123
	movk	x28, #41115, lsl #16
	movk	x28, #47151, lsl #32
	movk	x28, #68, lsl #48
	tbz	w8, #0, .Lbelljar_BB23_33
	ldr	w8, [x27, #64]
	cbz	w8, .Lbelljar_BB23_33
	b	.Lbelljar_BB23_42
.Lbelljar_BB23_32:
	mov	x25, #-1
.Lbelljar_BB23_33:
	ldr	x8, [x19, #56]
	ldr	x10, [sp, #56]
	ldr	x9, [x27, #16]
	sub	x8, x10, x8
	subs	x8, x9, x8
	b.ls	.Lbelljar_BB23_102
	ldr	x9, [x27, #24]
	cmp	x8, x25
	csel	x25, x8, x25, lo
	cbz	x9, .Lbelljar_BB23_42
	ldr	x8, [x19, #64]
	mov	x0, x19
	adds	x8, x9, x8
	csinv	x21, x8, xzr, lo
	bl	.Lbelljar_cpu_time
	cmp	x0, x21
	b.lo	.Lbelljar_BB23_37
	mov	x0, x19
	bl	.Lbelljar_cpu_time
.Lbelljar_BB23_37:
	subs	x8, x21, x0
	b.lo	.Lbelljar_BB23_101
	b.eq	.Lbelljar_BB23_101
	ldr	x10, [x27, #32]
	mov	w9, #33920
	movk	w9, #30, lsl #16
	cbz	x10, .Lbelljar_BB23_41
	udiv	x8, x8, x10
	mov	w9, #33920
	movk	w9, #30, lsl #16
	cmp	x8, x9
	csel	x9, x8, x9, hi
.Lbelljar_BB23_41:
	cmp	x9, x25
	csel	x25, x9, x25, lo
.Lbelljar_BB23_42:
	cmp	x20, #0
	ldr	x11, [sp, #32]
	csel	x8, xzr, x25, gt
	lsr	x9, x8, #9
	str	x11, [sp, #1208]
	ldr	x11, [sp, #24]
	umulh	x9, x9, x28
	str	x11, [sp, #1216]
	mov	x11, #4294967296
	lsr	x10, x9, #11
	mov	w9, #51712
	movk	w9, #15258, lsl #16
	msub	x8, x10, x9, x8
	ldr	x9, [x19, #48]
	bfxil	x11, x9, #0, #32
	str	x11, [sp, #1224]
	stp	x10, x8, [sp, #72]
	cbz	x26, .Lbelljar_BB23_46
	ldr	x8, [sp, #40]
	mov	x10, x26
	mov	w1, #3
.Lbelljar_BB23_44:
	rbit	x11, x10
	ldr	x12, [x27, #8]
	clz	x11, x11
	adds	x11, x12, x11, lsl #24
	b.eq	.Lbelljar_BB23_47
	ldr	w12, [x11, #4240]
	add	x1, x1, #2
	stur	x12, [x8, #-8]
	sub	x12, x10, #1
	ldr	w11, [x11, #4248]
	ands	x10, x12, x10
	orr	x11, x11, #0x100000000
	str	x11, [x8], #16
	b.ne	.Lbelljar_BB23_44
	b	.Lbelljar_BB23_47
.Lbelljar_BB23_46:
	mov	w1, #3
.Lbelljar_BB23_47:
	add	x0, sp, #1208
	add	x2, sp, #72
	mov	w8, #73
	mov	x3, xzr
	mov	w4, #8
	mov	x5, xzr
	svc	#0
	cmp	x0, #1
	b.lt	.Lbelljar_BB23_98
	ldr	x8, [sp, #1224]
	lsr	x8, x8, #48
	cbz	x8, .Lbelljar_BB23_50
	mov	x0, x9
	add	x1, sp, #104
	mov	w8, #63
	mov	w2, #128
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB23_50:
	mov	w8, #-63
.Lbelljar_BB23_51:
	mov	w1, #1
	mov	x0, x19
	mov	w21, w8
	movk	w1, #16384, lsl #16
	bl	.Lbelljar_wait
	mov	x20, x0
	cmp	x0, #1
	b.lt	.Lbelljar_BB23_53
	add	w8, w21, #1
	cbnz	w21, .Lbelljar_BB23_51
.Lbelljar_BB23_53:
	cbz	x26, .Lbelljar_BB23_69
	ldr	x22, [sp, #40]
.Lbelljar_BB23_55:
	rbit	x8, x26
	ldr	x9, [x27, #8]
	clz	x21, x8
	adds	x23, x9, x21, lsl #24
	b.eq	.Lbelljar_BB23_69
	ldur	x24, [x22, #-8]
	ldr	x8, [x22]
	lsr	x9, x8, #48
	cbz	x9, .Lbelljar_BB23_59
	tbnz	x8, #48, .Lbelljar_BB23_60
	ldr	x0, [x23, #4248]
	mov	x8, #-1
	str	x8, [x23, #4248]
	bl	.Lbelljar_close
.Lbelljar_BB23_59:
	mov	w25, wzr
	b	.Lbelljar_BB23_61
.Lbelljar_BB23_60:
	ldr	x0, [x23, #4248]
	mov	w8, #4280
	mov	w1, #8448
	add	x2, x23, x8
	mov	w8, #29
	movk	w1, #49232, lsl #16
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #4095
	cset	w25, lo
.Lbelljar_BB23_61:
	ldr	x9, [x23, #4240]
	tst	x24, #0xffff000000000000
	csinc	w8, w25, wzr, eq
	tbnz	x9, #63, .Lbelljar_BB23_64
	tbz	w8, #0, .Lbelljar_BB23_64
	mov	x0, x19
	mov	x1, x21
	bl	.Lbelljar_started
.Lbelljar_BB23_64:
	tbz	w25, #0, .Lbelljar_BB23_68
	ldr	x8, [x19, #24]
	ldr	w8, [x8, #64]
	cbnz	w8, .Lbelljar_BB23_99
	ldr	w8, [x23, #4264]
	cbnz	w8, .Lbelljar_BB23_68
	ldr	x0, [x23, #4224]
	mov	w8, #5
	mov	w1, #9
	str	w8, [x23, #4264]
	bl	.Lbelljar_signal
.Lbelljar_BB23_68:
	sub	x8, x26, #1
	add	x22, x22, #16
	and	x26, x8, x26
	cbnz	x26, .Lbelljar_BB23_55
.Lbelljar_BB23_69:
	mov	x0, x19
	bl	.Lbelljar_look_after
	tbnz	w0, #0, .Lbelljar_BB23_100
	ldr	x8, [sp, #1216]
	lsr	x8, x8, #48
	cbnz	x8, .Lbelljar_BB23_104
	ldr	x8, [sp, #1208]
	lsr	x8, x8, #48
	cbz	x8, .Lbelljar_BB23_98
	add	x8, sp, #88
	ldr	x24, [x19, #24]
	stp	xzr, xzr, [sp, #88]
	str	x8, [sp, #1136]
	mov	w8, #16
	mov	w2, #64
	str	x8, [sp, #1144]
	add	x8, sp, #1136
	ldr	w0, [x24, #56]
	str	x8, [sp, #1168]
	mov	w8, #1
	add	x1, sp, #1152
	str	x8, [sp, #1176]
	add	x8, sp, #104
	movk	w2, #16384, lsl #16
	str	x8, [sp, #1184]
	mov	w8, #1032
	mov	x3, xzr
	str	xzr, [sp, #1160]
	mov	x4, xzr
	mov	x5, xzr
	str	xzr, [sp, #1152]
	str	x8, [sp, #1192]
	mov	w8, #212
	str	xzr, [sp, #1200]
	svc	#0
	cmn	x0, #11
	b.eq	.Lbelljar_BB23_98
	cmn	x0, #4
	b.eq	.Lbelljar_BB23_98
	cmp	x0, #1
	b.lt	.Lbelljar_BB23_104
	ldr	x9, [sp, #104]
	ldr	x8, [sp, #1192]
	mov	w10, #4
	sub	x9, x9, #16
	cmp	x8, #16
	lsr	x9, x9, #2
	csel	x3, x9, xzr, hi
	ldr	x9, [sp, #16]
	csel	x2, x9, x10, hi
	cmp	x0, #16
	b.ne	.Lbelljar_BB23_107
	ldrb	w9, [sp, #1200]
	tbnz	w9, #3, .Lbelljar_BB23_107
	ldp	w9, w22, [sp, #88]
	ldr	x10, [x19, #40]
	ldr	x12, [x19]
	cmp	x22, #64
	lsr	x10, x10, x22
	cset	w11, lo
	cmp	x22, #63
	cset	w13, hi
	cmp	x12, #1
	b.ne	.Lbelljar_BB23_82
	ldr	x14, [x19, #8]
	cmp	x14, x22
	b.ne	.Lbelljar_BB23_82
	cmp	w9, #2
	b.ne	.Lbelljar_BB23_83
	cbz	x3, .Lbelljar_BB23_107
	mov	x0, x19
	mov	x1, x22
	b	.Lbelljar_BB23_97
.Lbelljar_BB23_82:
	cmp	w9, #1
	b.eq	.Lbelljar_BB23_88
.Lbelljar_BB23_83:
	cmp	w9, #3
	b.ne	.Lbelljar_BB23_105
	cbnz	x3, .Lbelljar_BB23_107
	and	w8, w11, w10
	tbz	w8, #0, .Lbelljar_BB23_95
	ldr	x8, [x24, #8]
	add	x8, x8, x22, lsl #24
	ldr	w9, [x8, #4260]
	cbnz	w9, .Lbelljar_BB23_98
	ldr	x1, [sp, #96]
	ldr	x0, [x8, #4224]
	bl	.Lbelljar_signal
	b	.Lbelljar_BB23_98
.Lbelljar_BB23_88:
	mov	w21, #6
	cbz	x3, .Lbelljar_BB23_108
	orr	w9, w13, w10
	orr	w9, w12, w9
	tbnz	w9, #0, .Lbelljar_BB23_108
	ldr	x9, [x24, #8]
	cmp	x8, #16
	ldr	x8, [sp, #8]
	ldrsw	x4, [x2]
	mov	x5, xzr
	sub	x21, x3, #1
	add	x0, x9, x22, lsl #24
	mov	w9, #8
	ldr	x1, [sp, #96]
	csel	x20, x8, x9, hi
	mov	w8, #222
	mov	w2, #3
	mov	w3, #18
	svc	#0
	mov	x23, x0
	mov	x0, x4
	bl	.Lbelljar_close
	cmn	x23, #1, lsl #12
	b.ls	.Lbelljar_BB23_96
	cbz	x21, .Lbelljar_BB23_94
	lsl	x21, x21, #2
.Lbelljar_BB23_93:
	ldrsw	x0, [x20], #4
	bl	.Lbelljar_close
	subs	x21, x21, #4
	b.ne	.Lbelljar_BB23_93
.Lbelljar_BB23_94:
	ldr	x1, [x19, #32]
	neg	w8, w23
	mov	w9, #-1
	mov	w2, #288
	mov	w3, #16384
	mov	x4, xzr
	stp	w9, w8, [x1, #8]
	mov	w8, #2
	mov	x5, xzr
	stp	w8, w22, [x1]
	mov	w8, #206
	ldr	w0, [x24, #56]
	svc	#0
	b	.Lbelljar_BB23_98
.Lbelljar_BB23_95:
	cmp	w22, #63
	b.ls	.Lbelljar_BB23_98
	b	.Lbelljar_BB23_107
.Lbelljar_BB23_96:
	mov	w8, #1
	mov	x0, x19
	mov	x1, x22
	mov	x2, x20
	mov	x3, x21
	stp	x8, x22, [x19]
	str	xzr, [x19, #16]
.Lbelljar_BB23_97:
	bl	.Lbelljar_take
.Lbelljar_BB23_98:
	mov	w21, #64
	b	.Lbelljar_BB23_6
.Lbelljar_BB23_99:
	mov	w21, #5
	mov	x20, xzr
	str	w21, [x23, #4264]
	b	.Lbelljar_BB23_108
.Lbelljar_BB23_100:
	mov	w21, #1
	b	.Lbelljar_BB23_108
.Lbelljar_BB23_101:
	mov	w21, #3
	b	.Lbelljar_BB23_103
.Lbelljar_BB23_102:
	mov	w21, #2
.Lbelljar_BB23_103:
	mov	w0, #1
	bl	.Lbelljar_clock
	mov	x20, x0
	b	.Lbelljar_BB23_109
.Lbelljar_BB23_104:
	mov	w21, #4
	b	.Lbelljar_BB23_108
.Lbelljar_BB23_105:
	cmp	w9, #4
	b.ne	.Lbelljar_BB23_107
	cmp	x3, #0
	mov	w8, #6
	mov	w9, #4
	csel	w21, w9, w8, eq
	b	.Lbelljar_BB23_108
.Lbelljar_BB23_107:
	mov	w21, #6
.Lbelljar_BB23_108:
	mov	w0, #1
	bl	.Lbelljar_clock
	cmn	x20, #10
	mov	x20, x0
	b.eq	.Lbelljar_BB23_125
.Lbelljar_BB23_109:
	ldr	x22, [x19, #24]
	ldr	w8, [x22, #60]
	cbnz	w8, .Lbelljar_BB23_123
	ldr	x23, [x19, #40]
	cbz	x23, .Lbelljar_BB23_115
.Lbelljar_BB23_111:
	rbit	x8, x23
	ldr	x9, [x22, #8]
	clz	x8, x8
	adds	x24, x9, x8, lsl #24
	b.eq	.Lbelljar_BB23_115
	ldr	w8, [x24, #4260]
	cbnz	w8, .Lbelljar_BB23_114
	ldr	x8, [x24, #4224]
	mov	w1, #9
	neg	x0, x8
	bl	.Lbelljar_signal
	ldr	x0, [x24, #4224]
	mov	w1, #9
	bl	.Lbelljar_signal
.Lbelljar_BB23_114:
	sub	x8, x23, #1
	and	x23, x8, x23
	cbnz	x23, .Lbelljar_BB23_111
.Lbelljar_BB23_115:
	mov	w24, #16960
	add	x23, sp, #1208
	movk	w24, #15, lsl #16
.Lbelljar_BB23_116:
	movi	v0.2d, #0000000000000000
	add	x8, sp, #2, lsl #12
	mov	x3, xzr
	add	x8, x8, #953
	mov	x4, xzr
	mov	x5, xzr
	add	x1, sp, #1208
	mov	w2, #8192
	stur	q0, [x8, #255]
	mov	w8, #67
	ldr	x0, [x22, #88]
	svc	#0
	bic	x8, x0, x0, asr #63
	str	xzr, [sp, #9408]
	add	x0, sp, #1208
	str	x8, [sp, #9400]
	bl	.Lbelljar_number
	cmp	x0, #1
	b.ne	.Lbelljar_BB23_120
.Lbelljar_BB23_117:
	ldr	x8, [sp, #9408]
	ldr	x10, [sp, #9400]
	lsr	x9, x8, #13
	cmp	x9, #0
	ccmp	x8, x10, #2, eq
	b.hs	.Lbelljar_BB23_120
	ldrb	w9, [x23, x8]
	add	x8, x8, #1
	str	x8, [sp, #9408]
	cmp	w9, #32
	b.ne	.Lbelljar_BB23_120
	mov	x0, x1
	mov	w1, #9
	bl	.Lbelljar_signal
	add	x0, sp, #1208
	bl	.Lbelljar_number
	tbnz	w0, #0, .Lbelljar_BB23_117
.Lbelljar_BB23_120:
	mov	w1, #1
	mov	x0, x19
	movk	w1, #16384, lsl #16
	bl	.Lbelljar_wait
	cmn	x0, #10
	b.eq	.Lbelljar_BB23_125
	cmp	x0, #0
	b.gt	.Lbelljar_BB23_120
	str	xzr, [sp, #1208]
	add	x0, sp, #1208
	mov	w8, #101
	str	x24, [sp, #1216]
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	b	.Lbelljar_BB23_116
.Lbelljar_BB23_123:
	mov	x0, #-1
	mov	w1, #9
	bl	.Lbelljar_signal
	cmn	x0, #13
	b.eq	.Lbelljar_BB23_125
.Lbelljar_BB23_124:
	mov	x0, x19
	mov	w1, #1073741824
	bl	.Lbelljar_wait
	cmp	x0, #0
	b.gt	.Lbelljar_BB23_124
.Lbelljar_BB23_125:
	ldr	x22, [x19, #40]
	cbz	x22, .Lbelljar_BB23_131
	ldr	x23, [x19, #24]
.Lbelljar_BB23_127:
	rbit	x8, x22
	ldr	x9, [x23, #8]
	clz	x1, x8
	adds	x8, x9, x1, lsl #24
	b.eq	.Lbelljar_BB23_131
	ldr	w9, [x8, #4260]
	cbnz	w9, .Lbelljar_BB23_130
	str	x20, [x8, #4272]
.Lbelljar_BB23_130:
	sub	x8, x22, #1
	mov	x0, x19
	mov	w2, w21
	and	x22, x8, x22
	bl	.Lbelljar_tell_end
	cbnz	x22, .Lbelljar_BB23_127
.Lbelljar_BB23_131:
	ldp	x11, x8, [x19, #56]
	mov	w12, #51712
	movk	w12, #15258, lsl #16
	ldr	x10, [x19, #32]
	mov	x0, x19
	lsr	x9, x8, #9
	str	w21, [x10, #16]
	stp	x11, x20, [x10, #32]
	umulh	x9, x9, x28
	lsr	x9, x9, #11
	msub	x8, x9, x12, x8
	stp	x9, x8, [x10, #48]
	bl	.Lbelljar_measure_reaped
	mov	x0, x19
	mov	w1, #5
	mov	w2, #-1
	bl	.Lbelljar_tell
	bl	.Lbelljar_exit
.Lbelljar_entry:
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	bl	.Lbelljar_begin
